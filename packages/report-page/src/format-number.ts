/** A share, 0 to 1, as a percentage. */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`
}

/** A coordinate of a chart: a hundredth of a unit is finer than any screen. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100)
}

/** 0.001 as 10⁻³. */
export function powerOfTen(exponent: number): string {
  const digits = [...String(exponent)].map(character => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(character)])
  return exponent === 0 ? '1' : `10${digits.join('')}`
}

/** A number with thin spaces between thousands. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}
