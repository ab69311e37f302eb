import { UsageError } from '@tiny-face/safe-files'

/** The names of the features that hold the image and its label. */
export interface ExampleKeys {
  image: string
  label: string
}

/** The names that Tiny-Face-Recognition wrote. */
export const DEFAULT_KEYS: ExampleKeys = { image: 'image_raw', label: 'label' }

/**
 * The names that a command was given as `--image-key` and `--label-key`; the default names where it was not.
 *
 * @throws UsageError where both are one
 */
export function exampleKeys(options: { imageKey?: string | undefined; labelKey?: string | undefined }): ExampleKeys {
  const { imageKey: image = DEFAULT_KEYS.image, labelKey: label = DEFAULT_KEYS.label } = options
  if (image === label) throw new UsageError(`one feature, ${image}, cannot hold both the image and its label`)
  return { image, label }
}
