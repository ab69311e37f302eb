const PAGE_BITS = 4096

/** A set of whole numbers from 0 up: a bit for each where they are dense, in pages that are made when they are needed. */
export class IndexSet {
  readonly #pages = new Map<number, Uint8Array>()

  has(index: number): boolean {
    const page = this.#pages.get(Math.floor(index / PAGE_BITS))
    const bit = index % PAGE_BITS
    return page !== undefined && (page[bit >>> 3]! & (1 << (bit & 7))) !== 0
  }

  add(index: number): void {
    const number = Math.floor(index / PAGE_BITS)
    let page = this.#pages.get(number)
    if (page === undefined) {
      page = new Uint8Array(PAGE_BITS / 8)
      this.#pages.set(number, page)
    }
    const bit = index % PAGE_BITS
    page[bit >>> 3]! |= 1 << (bit & 7)
  }
}
