import { gzipSync } from 'node:zlib'
import t from 'tap'
import { fileKind, KIND_BYTES } from '../src/index.js'

const utf8 = (text: string) => new TextEncoder().encode(text)
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

t.test('what downloads leave in place of a file', async t => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`
  t.equal(fileKind(utf8(pointer)), 'a Git LFS pointer; git lfs pull fetches the file it stands for')
  t.equal(fileKind(utf8('<!DOCTYPE html><html><head><title>Quota exceeded')), 'an HTML page')
  t.equal(fileKind(utf8('\n  <html lang="en">')), 'an HTML page')
  t.equal(fileKind(utf8('<?xml version="1.0"?><Error><Code>AccessDenied')), 'an XML document')
  t.equal(fileKind(utf8('{"error": "not found"}\n')), 'a text')
  t.equal(fileKind(utf8('P5 is how a text may begin')), 'a text')
  t.equal(fileKind(new Uint8Array()), 'an empty file')
})

t.test('a text may have letters of any language, of which the last is cut', async t => {
  const text = utf8('Личные фотографии '.repeat(40)).subarray(0, KIND_BYTES - 1)
  t.equal(text.at(-1)! > 0x7f, true, 'the last character is cut in its middle')
  t.equal(fileKind(text), 'a text')
  t.equal(fileKind(utf8('\ufeffwith a byte order mark\r\n')), 'a text')
})

t.test('archives, arrays and images', async t => {
  t.equal(fileKind(gzipSync('faces')), 'a gzip file')
  t.equal(fileKind(latin1('PK\x03\x04\x14\0')), 'a zip archive')
  t.equal(fileKind(latin1(`faces/1.jpg${'\0'.repeat(246)}ustar\x0000`)), 'a tar archive')
  t.equal(fileKind(latin1("\x93NUMPY\x01\0v\0{'descr'")), 'a numpy array (.npy)')
  for (const version of ['5.0', '7.3']) {
    t.equal(fileKind(latin1(`MATLAB ${version} MAT-file, Platform: GLNXA64\0\x01IM`)), 'a MATLAB file (.mat)')
  }
  t.equal(fileKind(latin1('\x0a\x23\xd7\xce\0\0\0\0')), 'a RecordIO file')
  t.equal(fileKind(latin1('\xff\xd8\xff\xe0\0\x10JFIF')), 'an image (JPEG)')
})

t.test('weights and models', async t => {
  const zip = (name: string) => latin1(`PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}FB`)
  t.equal(fileKind(zip('archive/data.pkl')), 'a PyTorch file (.pth, .pt)')
  t.equal(fileKind(zip('faces/data.txt')), 'a zip archive')
  t.equal(fileKind(latin1('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02')), 'a PyTorch file (.pth, .pt)')
  t.equal(fileKind(latin1('\x28\0\0\0\0\0\0\0{"w":{"dtype":"F32"')), 'a safetensors file')
  t.equal(fileKind(latin1('\x1c\0\0\0TFL3\x14\0')), 'a TensorFlow Lite model (.tflite)')
  t.equal(fileKind(latin1('\x20\0\0\0ORTM')), "onnxruntime's own format (.ort)")
  t.equal(fileKind(latin1(`\x12\x01${'\0'.repeat(14)}\x02`)), 'an MXNet file of weights (.params)')
})

t.test('other bytes are not guessed at', async t => {
  t.equal(fileKind(new Uint8Array(64)), undefined)
  t.equal(fileKind(latin1('text and then\0a NUL')), undefined)
  t.equal(fileKind(latin1('caf\xe9 in Latin-1')), undefined)
})
