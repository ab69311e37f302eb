import type { Normalisation } from '../preprocess.js'

/**
 * Makes the first filter take images normalised as ours where it was trained on images normalised as theirs: channels change places, and
 * a deviation is a factor, (x - m) / theirs = (x - m) / ours · (ours / theirs). A mean cannot be moved: behind a filter at the border, where
 * zeros stand for pixels, it would be something else.
 *
 * @param filter `[height, width, 3, filters]`, changed in place
 * @throws Error where the means differ
 */
export function foldInput(filter: Float32Array, filters: number, theirs: Normalisation, ours: Normalisation): void {
  const place = (channel: number) => (theirs.order === ours.order ? channel : 2 - channel)
  const stored = filter.slice()
  for (let channel = 0; channel < 3; channel++) {
    const from = place(channel)
    if (theirs.mean[from] !== ours.mean[channel]) throw new Error('internal: a mean of the input cannot be folded')
    const factor = ours.std[channel]! / theirs.std[from]!
    for (let pixel = 0; pixel < filter.length / (3 * filters); pixel++) {
      const [to, of] = [(pixel * 3 + channel) * filters, (pixel * 3 + from) * filters]
      for (let i = 0; i < filters; i++) filter[to + i] = stored[of + i]! * factor
    }
  }
}
