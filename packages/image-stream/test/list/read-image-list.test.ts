import { join } from 'node:path'
import { tensorValues } from '@tiny-face/record-stream'
import { type Test, test } from 'tap'
import { openImageSource, readImageList } from '../../src/index.js'
import { scratch } from '../scratch.js'

const images = { 'ann/1.jpg': '', 'ann/2 b.JPG': '', 'bob/1.png': '' }

async function listed(t: Test, text: string | ((folder: string) => string), files: Record<string, string> = images) {
  const folder = scratch(t, files)
  const list = join(scratch(t, { 'faces.lst': typeof text === 'string' ? text : text(folder) }), 'faces.lst')
  const { people, images, problems } = readImageList(list, await openImageSource(folder))
  const short = (text: string) => text.replaceAll(list, 'faces.lst').replaceAll(folder, 'DIR')
  return { people, images, problems: problems.map(({ error }) => short(error.message)) }
}

test('paths and labels, in the forms that people have', async t => {
  const numbered = [
    { path: 'ann/1.jpg', label: 0 },
    { path: 'bob/1.png', label: 7 },
  ]
  for (const [form, text] of Object.entries({
    im2rec: '0\t0.000000\tann/1.jpg\n1\t7.000000\tbob/1.png\n',
    'im2rec with CR LF': '0\t0.000000\tann/1.jpg\r\n1\t7.000000\tbob/1.png\r\n\r\n',
    insightface: '1\tann/1.jpg\t0\n1\tbob/1.png\t7\t1\t2\t3\t4\n',
    tabs: 'ann/1.jpg\t0\nbob/1.png\t7\n',
    spaces: 'ann/1.jpg 0\n./bob/1.png 7\n',
    CSV: 'ann/1.jpg,0\nbob\\1.png, 7\n',
    'CSV with the names of its columns':
      '\ufeffnumber,Label,split,path\r\n9,0,train,ann/1.jpg\r\n8,7,"te\nst","bob/1.png"\r\n',
  })) {
    const { people, images, problems } = await listed(t, text)
    t.strictSame([people, images, problems], [undefined, numbered, []], form)
  }
  const absolute = await listed(t, folder => `${folder}/ann/1.jpg\t0\n${folder}/ann/../bob/1.png\t7\n`)
  t.strictSame([absolute.images, absolute.problems], [numbered, []], 'absolute paths within the folder')
})

test('names are numbered by code point, and a path may have spaces', async t => {
  const { people, images } = await listed(t, 'path,label\nann/2 b.JPG,Zoë\nann/1.jpg,"Lee, ""Ann"""\nbob/1.png,Zoë\n')
  t.strictSame(people, ['Lee, "Ann"', 'Zoë'])
  t.strictSame(images, [
    { path: 'ann/2 b.JPG', label: 1 },
    { path: 'ann/1.jpg', label: 0 },
    { path: 'bob/1.png', label: 1 },
  ])
  t.strictSame((await listed(t, '3\t5\tann/2 b.jpg\n')).images, [{ path: 'ann/2 b.JPG', label: 5 }])
})

test('several labels stay together', async t => {
  const { people, images } = await listed(t, '0\t3.0\t0.5\t-1\tann/1.jpg\n')
  t.equal(people, undefined)
  t.strictSame([...tensorValues(images[0]!.label as never)], [3, 0.5, -1])
})

test('images that are not there or not in the folder are all told', async t => {
  const { images, problems } = await listed(t, 'ann/3.jpg\t0\n../x.jpg\t1\nann/1.jpg\t2\n/etc/x.jpg\t3\n')
  t.strictSame(images, [{ path: 'ann/1.jpg', label: 2 }])
  t.strictSame(problems, [
    'faces.lst:1: expected DIR/ann/3.jpg, found no such file',
    'faces.lst:2: expected a path within DIR, found "../x.jpg"',
    'faces.lst:4: expected a path within DIR, found "/etc/x.jpg"',
  ])
})

test('a line of another form is named, with the forms', async t => {
  for (const [text, place] of [
    ['ann/1.jpg\t0\nwhat is this\n', 'faces\\.lst:2'],
    ['0\tx\t1\tann/1.jpg\n', 'faces\\.lst:1'],
    ['ann/1.jpg\n', 'faces\\.lst:1'],
    ['ann/1.jpg\t0\nann/1.jpg,x\n', 'faces\\.lst:2'],
  ] as const) {
    const message = new RegExp(
      `${place}: expected number, label, path \\(tabs between\\); .*; path, label; or CSV, found "`,
    )
    await t.rejects(listed(t, text), { name: 'DataError', message })
  }
  const csv = 'path,label\nann/1.jpg,5\nann/1.jpg,\n'
  await t.rejects(listed(t, csv), { message: /faces\.lst:3: expected path and label, found "ann\/1\.jpg,"$/ })
  await t.rejects(listed(t, 'path,label\n"ann/1.jpg,5\n'), {
    name: 'DataError',
    message: /faces\.lst: expected CSV, found Quote Not/,
  })
  await t.rejects(listed(t, '\n\n'), { message: /faces\.lst: expected images, found none$/ })
})

test('a file that is no text is called what it is', async t => {
  await t.rejects(listed(t, '<!DOCTYPE html><html>'), {
    name: 'DataError',
    expected: /^a list of images: number, label, path/,
    found: 'an HTML page',
  })
})
