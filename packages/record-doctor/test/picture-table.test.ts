import assert from 'node:assert/strict'
import type { RecordId } from '@tiny-face/safe-files'
import { test } from 'tap'
import { PictureTable } from '../src/picture-table.js'

test('keeps what it is given, however many come', async t => {
  const ids: (RecordId | undefined)[] = [7, -1, 2.5, 2n ** 60n, 'a/b.png', undefined]
  const labels = [0, 85741, undefined]
  const sizes = [{ height: 112, width: 112 }, undefined, { height: 112, width: 96 }, { height: 96, width: 112 }]
  const picture = (row: number) => ({
    id: ids[row % ids.length],
    label: labels[row % labels.length],
    digest: Uint8Array.from({ length: 16 }, (_, i) => row + i),
    size: sizes[row % sizes.length],
    fingerprint: row % 5 === 0 ? undefined : Int8Array.from({ length: 80 }, (_, i) => (row + i) % 128),
  })
  const table = new PictureTable(3000)
  for (let row = 0; row < 7000; row++) assert.equal(table.add(picture(row)), row)
  for (let row = 0; row < 7000; row++) {
    const { id, label, digest, size, fingerprint } = picture(row)
    assert.equal(table.id(row), id)
    assert.equal(table.label(row), label)
    assert.deepEqual(table.digests.slice(row * 16, row * 16 + 16), digest)
    assert.deepEqual(table.sizes[table.sizeNumber(row)], size ?? { height: 0, width: 0 })
    assert.equal(table.hasFingerprint(row), fingerprint !== undefined)
    if (fingerprint !== undefined) assert.deepEqual(table.fingerprints.slice(row * 80, row * 80 + 80), fingerprint)
  }
  t.equal(table.sizes.length, 4)
})
