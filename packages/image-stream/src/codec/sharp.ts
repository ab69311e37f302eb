import sharp from 'sharp'

// One thread an image: a face is too small to share out, and the stage works on several images at a time (image-records.ts).
sharp.concurrency(1)
// No image comes twice, so libvips' cache of operations would only hold memory.
sharp.cache(false)

export { sharp }
