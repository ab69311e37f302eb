/** Names that Windows keeps for devices, with any extension. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/**
 * A text as the name of one file or folder: as it is, but for what would lead elsewhere, hide it, or be no name on some
 * system, which is written as in a URL (`a/b` is `a%2Fb`): separators, control characters, a dot at the start, a dot or space at
 * the end, the names of devices.
 */
export function safeName(text: string): string {
  const name = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[/\\\u0000-\u001f\u007f]/g, escaped)
    .replace(/^\./, escaped)
    .replace(/[. ]$/, escaped)
    .replace(DEVICES, device => `${escaped(device[0]!)}${device.slice(1)}`)
  return name === '' ? '%' : name
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
