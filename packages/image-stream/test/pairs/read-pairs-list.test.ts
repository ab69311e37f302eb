import { join } from 'node:path'
import { type Test, test } from 'tap'
import { openImageSource, pairImageRecords, readPairsList } from '../../src/index.js'
import { opencvImage } from '../codec/opencv-images.js'
import { scratch } from '../scratch.js'

const { image } = opencvImage('progressive JPEG')
const lfw = {
  'lfw/Abel_Pacheco/Abel_Pacheco_0001.jpg': image,
  'lfw/Abel_Pacheco/Abel_Pacheco_0004.jpg': image,
  'lfw/Zoë K/Zoë K_0001.png': image,
  'lfw/Zoë K/Zoë K_10000.jpg': image,
}
const pairs =
  '1\t2\nAbel_Pacheco\t1\t4\nZoë K\t1\t10000\nAbel_Pacheco\t4\tZoë K\t1\r\nZoë K\t10000\tAbel_Pacheco\t1\n\n'

/** The list read with the images of `dir`; pairs as `path path same`, and what is told, with the places shortened. */
async function listed(t: Test, files: Record<string, Uint8Array | string>, list: string, dir = '.') {
  const folder = scratch(t, files)
  const { people, images, problems, remarks } = readPairsList(
    join(folder, list),
    await openImageSource(join(folder, dir)),
  )
  const short = (text: string) => text.replaceAll(`${folder}/`, '')
  const pairs = images.flatMap(({ path, pair }, i) =>
    pair.side === 1 ? [] : [`${path} ${images[i + 1]!.path} ${pair.same ? 1 : 0}`],
  )
  return {
    people,
    images,
    pairs,
    problems: problems.map(({ error }) => short(error.message)),
    remarks: remarks.map(short),
  }
}

test('pairs in the order of the list, people by name', async t => {
  const { people, images, problems, remarks } = await listed(t, { ...lfw, 'pairs.txt': pairs }, 'pairs.txt', 'lfw')
  t.strictSame(people, ['Abel_Pacheco', 'Zoë K'])
  t.strictSame([problems, remarks], [[], []])
  t.strictSame(
    images.map(({ path, label, pair }) => [path.split('/')[1], label, pair.index, pair.side, pair.same]),
    [
      ['Abel_Pacheco_0001.jpg', 0, 0, 0, true],
      ['Abel_Pacheco_0004.jpg', 0, 0, 1, true],
      ['Zoë K_0001.png', 1, 1, 0, true],
      ['Zoë K_10000.jpg', 1, 1, 1, true],
      ['Abel_Pacheco_0004.jpg', 0, 2, 0, false],
      ['Zoë K_0001.png', 1, 2, 1, false],
      ['Zoë K_10000.jpg', 1, 3, 0, false],
      ['Abel_Pacheco_0001.jpg', 0, 3, 1, false],
    ],
  )
})

test('a first line with one number, none, and spaces or commas for tabs', async t => {
  const images = { 'A/A_0001.jpg': '', 'A/A_0002.jpg': '', 'B/B_0001.jpeg': '' }
  const three = 'A 1 2\nA 1 B 1\n'
  for (const text of [
    `1\n${three}`,
    three,
    `1 1\n${three}`,
    `name,imagenum1,imagenum2,\nA,1,2,\nA,1,B,1\n`,
    `\ufeff${three}`,
  ]) {
    const { pairs } = await listed(t, { ...images, 'pairs.txt': text }, 'pairs.txt')
    t.strictSame(pairs, ['A/A_0001.jpg A/A_0002.jpg 1', 'A/A_0001.jpg B/B_0001.jpeg 0'], text)
  }
})

test('names are compared as a person sees them', async t => {
  const composed = 'Zoë'
  const decomposed = composed.normalize('NFD')
  t.not(composed, decomposed)
  const images = { [`${decomposed}/${decomposed}_0001.JPG`]: '', [`${decomposed}/${decomposed}_0002.Png`]: '' }
  const text = `${composed} 1 2\n${composed} 1 ${decomposed} 2\n`
  const { people, pairs, problems } = await listed(t, { ...images, 'pairs.txt': text }, 'pairs.txt')
  t.strictSame([people, problems], [[composed], []])
  const [one, two] = Object.keys(images)
  t.strictSame(pairs, [`${one} ${two} 1`, `${one} ${two} 1`], 'two names that are one are one person')
})

test('the forms that people have', async t => {
  const people = { 'A/A_0001.jpg': '', 'A/A_0002.jpg': '', 'B/B_0001.jpg': '' }
  const flat = {
    'A_1.jpg': '',
    'A_2.jpg': '',
    '7_AnnLee_35_f.jpg': '',
    '8_AnnLee_60_f.jpg': '',
    '9_BobRay_20_m.jpg': '',
  }
  const same = 'A/A_0001.jpg A/A_0002.jpg 1'
  const other = 'A/A_0001.jpg B/B_0001.jpg 0'
  for (const [form, text, files, expected, names] of [
    ['two paths and a number', `${same}\n${other}\n`, people, [same, other], ['A', 'B']],
    [
      'with a heading, as CSV',
      `path1,path2,label\n${`${same}\n${other}`.replaceAll(' ', ',')}\n`,
      people,
      [same, other],
      ['A', 'B'],
    ],
    [
      'names and files',
      'A A_0001.jpg B B_0001.jpg\nA A_0001.jpg A A_0002.jpg\nA A_0001.jpg A_0002.jpg\n',
      people,
      [other, same, same],
      ['A', 'B'],
    ],
    [
      'CPLFW: two lines a pair',
      'A_1.jpg 1\nA_2.jpg 1\nA_1.jpg 0\nB_1.jpg 0\n',
      { ...flat, 'B_1.jpg': '' },
      ['A_1.jpg A_2.jpg 1', 'A_1.jpg B_1.jpg 0'],
      ['A', 'B'],
    ],
    ['CALFW: with the number of the fold, images by person', 'A_0001.jpg\t10\nA_0002.jpg\t10\n', people, [same], ['A']],
    [
      'AgeDB',
      '7_AnnLee_35_f.jpg 8_AnnLee_60_f.jpg 1\n7_AnnLee_35_f.jpg 9_BobRay_20_m.jpg 0\n',
      flat,
      ['7_AnnLee_35_f.jpg 8_AnnLee_60_f.jpg 1', '7_AnnLee_35_f.jpg 9_BobRay_20_m.jpg 0'],
      ['AnnLee', 'BobRay'],
    ],
    [
      'AgeDB as it is published, all images in one folder',
      '16561_YvesMontand_41_m.jpg 16562_YvesMontand_58_m.jpg 1\n16561_YvesMontand_41_m.jpg 2_BoDerek_30_f.jpg 0\n',
      { '16561_YvesMontand_41_m.jpg': '', '16562_YvesMontand_58_m.jpg': '', '2_BoDerek_30_f.jpg': '' },
      ['16561_YvesMontand_41_m.jpg 16562_YvesMontand_58_m.jpg 1', '16561_YvesMontand_41_m.jpg 2_BoDerek_30_f.jpg 0'],
      ['BoDerek', 'YvesMontand'],
    ],
    [
      'OpenSphere: the number first',
      '1 A/A_0001.jpg A/A_0002.jpg\n0 A/A_0001.jpg B/B_0001.jpg\n',
      people,
      [same, other],
      ['A', 'B'],
    ],
    [
      'the number first, in a folder of all images, and BMP files that became PNG',
      '1 lfw_112x112/0.bmp lfw_112x112/1.bmp\n0 lfw_112x112/1.bmp lfw_112x112/2.bmp\n',
      { 'lfw_112x112/0.png': '', 'lfw_112x112/1.png': '', 'lfw_112x112/2.png': '' },
      ['lfw_112x112/0.png lfw_112x112/1.png 1', 'lfw_112x112/1.png lfw_112x112/2.png 0'],
      ['lfw_112x112'],
    ],
    [
      'people whose names are 0 and 1',
      '1 a.jpg b.jpg\n0 a.jpg b.jpg\n1 a.jpg 0 b.jpg\n',
      { '0/a.jpg': '', '0/b.jpg': '', '1/a.jpg': '', '1/b.jpg': '' },
      ['1/a.jpg 1/b.jpg 1', '0/a.jpg 0/b.jpg 1', '1/a.jpg 0/b.jpg 0'],
      ['0', '1'],
    ],
    [
      'what an aligner wrote as PNG',
      `${same}\n`,
      { 'A/A_0001.png': '', 'A/A_0002.png': '' },
      ['A/A_0001.png A/A_0002.png 1'],
      ['A'],
    ],
  ] as const) {
    const found = await listed(t, { ...files, 'pairs.txt': text }, 'pairs.txt')
    t.strictSame([found.pairs, found.people, found.problems, found.remarks], [expected, names, [], []], form)
  }
})

test('where folders say nothing of who is in an image, its name does', async t => {
  const images = { 'frontal/A_1.jpg': '', 'profile/A_2.jpg': '', 'profile/B_1.jpg': '', 'B/frontal/2.jpg': '' }
  const text = [
    'frontal/A_1.jpg profile/A_2.jpg 1',
    './frontal/A_1.jpg x/../profile/B_1.jpg 0',
    'profile/B_1.jpg ./B/./frontal//2.jpg 1',
  ].join('\n')
  const { people, pairs, problems, remarks } = await listed(t, { ...images, 'pairs.txt': text }, 'pairs.txt')
  t.strictSame(people, ['A', 'B'])
  t.strictSame(pairs, [
    'frontal/A_1.jpg profile/A_2.jpg 1',
    'frontal/A_1.jpg profile/B_1.jpg 0',
    'profile/B_1.jpg B/frontal/2.jpg 1',
  ])
  t.strictSame([problems, remarks], [[], []])
  const halves = await listed(t, { ...images, 'pairs.txt': '../A_1.jpg 1\nfrontal/A_1.jpg 1\n' }, 'pairs.txt')
  t.strictSame([halves.people, halves.problems.length], [['A'], 1])
})

test("CFP's protocol", async t => {
  const image = (kind: string) => `1 ../Data/Images/001/${kind}/01.jpg\r\n2 ../Data/Images/002/${kind}/04.jpg\r\n`
  const files = {
    'Protocol/Pair_list_F.txt': image('frontal'),
    'Protocol/Pair_list_P.txt': image('profile'),
    'Protocol/Split/FP/02/same.txt': '2,2\r\n',
    'Protocol/Split/FP/02/diff.txt': '2,1\r\n',
    'Protocol/Split/FP/01/same.txt': '1,1\n',
    'Protocol/Split/FP/01/diff.txt': '1,2\n',
    'Protocol/Split/FF/01/same.txt': '1,1\n',
    'Protocol/Split/FF/01/diff.txt': '1,2\n',
    ...Object.fromEntries(
      ['frontal', 'profile']
        .flatMap(kind => [`001/${kind}/01.jpg`, `002/${kind}/04.jpg`])
        .map(path => [`Data/Images/${path}`, '']),
    ),
  }
  const fp = await listed(t, files, 'Protocol/Split/FP', 'Data/Images')
  t.strictSame(fp.people, ['001', '002'])
  t.strictSame(fp.pairs, [
    '001/frontal/01.jpg 001/profile/01.jpg 1',
    '001/frontal/01.jpg 002/profile/04.jpg 0',
    '002/frontal/04.jpg 002/profile/04.jpg 1',
    '002/frontal/04.jpg 001/profile/01.jpg 0',
  ])
  const ff = await listed(t, files, 'Protocol/Split/FF', 'Data/Images')
  t.strictSame(ff.pairs[1], '001/frontal/01.jpg 002/frontal/04.jpg 0')
  t.match(ff.remarks, [/^Protocol\/Split\/FF\/01\/same\.txt:1: an image paired with itself$/])
  await t.rejects(listed(t, files, 'Protocol/Split', 'Data/Images'), {
    message: /the folder Protocol\/Split\/FP or FF of CFP, found another folder$/,
  })
  await t.rejects(
    listed(t, { ...files, 'Protocol/Split/FP/01/same.txt': '1,7\n' }, 'Protocol/Split/FP', 'Data/Images'),
    {
      message: /FP\/01\/same\.txt:1: expected two numbers of images, found "1,7"$/,
    },
  )
})

test('what is strange is remarked on: an image with itself, names that say otherwise', async t => {
  const images = { 'A/A_0001.jpg': '', 'A/A_0002.jpg': '', 'B/B_0001.jpg': '' }
  const text = 'A 1 1\nA 2 2\nA/A_0001.jpg A/A_0002.jpg 0\nA/A_0001.jpg B/B_0001.jpg 1\n'
  const { pairs, remarks } = await listed(t, { ...images, 'pairs.txt': text }, 'pairs.txt')
  t.equal(pairs.length, 4)
  t.strictSame(remarks, [
    'pairs.txt:1: an image paired with itself (the first of 2)',
    'pairs.txt:3: a pair of two people whose images have one name',
    'pairs.txt:4: a pair of one person whose images have two names',
  ])
})

test('images that are not there are all told, and their pairs left out', async t => {
  const text = 'Abel_Pacheco\t1\t5\nAbel_Pacheco\t1\t4\n../x/1.jpg a.jpg 1\nBob\t1\tZoë K\t1\n'
  const { images, problems } = await listed(t, { ...lfw, 'pairs.txt': text }, 'pairs.txt', 'lfw')
  t.strictSame(problems, [
    'pairs.txt:1: expected lfw/Abel_Pacheco/Abel_Pacheco_0005{.jpg,.jpeg,.png,.pgm}, found no such file',
    'pairs.txt:3: expected lfw/../x/1.jpg, found no such file',
    'pairs.txt:4: expected lfw/Bob/Bob_0001{.jpg,.jpeg,.png,.pgm}, found no such file',
  ])
  t.strictSame(
    images.map(({ pair }) => pair.index),
    [1, 1],
    'the others keep their places, which decide the folds',
  )
})

test('a file that is no text is called what it is', async t => {
  const mat = `MATLAB 5.0 MAT-file, Platform: PCWIN64\0${' '.repeat(90)}\0\x01IM`
  await t.rejects(listed(t, { ...lfw, '04_FINAL_protocol_30_years.mat': mat }, '04_FINAL_protocol_30_years.mat'), {
    name: 'DataError',
    message:
      /30_years\.mat: expected a list of pairs, as text: name n1 n2; .*; or two lines of path 1, found a MATLAB file \(\.mat\)$/,
  })
  await t.rejects(listed(t, { ...lfw, 'pairs.txt': '<!DOCTYPE html><html>' }, 'pairs.txt'), {
    name: 'DataError',
    found: 'an HTML page',
  })
})

test('what is wrong is said with file and line', async t => {
  const wrong: [string, RegExp][] = [
    ['1\t2\nAbel_Pacheco\t1\t4\n', /pairs\.txt: expected 4 pairs, as the first line says, found 1$/],
    [
      '\nAbel_Pacheco\t1\tx\n',
      /pairs\.txt:2: expected a pair: name n1 n2; name1 n1 name2 n2; .*, found "Abel_Pacheco 1 x"$/,
    ],
    [
      'A\t1\tB\t2\tC\n',
      /:1: expected a pair: name n1 n2; .*path1 path2 1 \(0 for two people\); 1 path1 path2; or two lines of path 1,/,
    ],
    ['x\ty\n', /:1: expected folds and pairs in a fold, or a pair: .*, found "x y"$/],
    ['../lfw/Abel_Pacheco\t1\t4\n', /:1: expected a name, found "\.\.\/lfw\/Abel_Pacheco"$/],
    ['..\t1\t4\n', /:1: expected a name/],
    [
      'a.jpg 1\nb.jpg 0\n',
      /:2: expected a second line with a number that is not 0, as in the first of the pair, found another$/,
    ],
    ['a.jpg 0\nb.jpg 0\nc.jpg 0\n', /:3: expected a second line with 0, as in the first of the pair, found none$/],
    ['a.jpg 0\nAnn 1 2\n', /:2: expected path 1, or path 0, found "Ann 1 2"$/],
    ['', /pairs\.txt: expected pairs, found none$/],
    ['0\t300\n', /expected pairs, found none$/],
  ]
  for (const [text, message] of wrong) {
    await t.rejects(listed(t, { ...lfw, 'pairs.txt': text }, 'pairs.txt', 'lfw'), { name: 'DataError', message }, text)
  }
})

test('records that bin-write takes; a damaged image stops them, or takes its pairs with it', async t => {
  const damaged = { ...lfw, 'lfw/Zoë K/Zoë K_10000.jpg': image.subarray(0, 300) }
  for (const [files, skip, indices] of [
    [lfw, false, [0, 0, 1, 1, 2, 2, 3, 3]],
    [damaged, true, [0, 0, 2, 2]],
  ] as const) {
    const folder = scratch(t, { ...files, 'pairs.txt': pairs })
    const source = await openImageSource(join(folder, 'lfw'))
    const { images } = readPairsList(join(folder, 'pairs.txt'), source)
    const left: unknown[] = []
    const records: unknown[] = []
    const options = skip ? { skipDamaged: (error: Error) => left.push(error.message) } : {}
    for await (const { id, pair, label, image } of pairImageRecords(source, images, options)) {
      records.push(pair.index)
      t.ok(image.length > 0 && typeof id === 'string' && label === (String(id).startsWith('Zoë') ? 1 : 0))
    }
    t.strictSame(records, indices)
    t.equal(left.length, skip ? 2 : 0)
  }
  const folder = scratch(t, { ...damaged, 'pairs.txt': pairs })
  const source = await openImageSource(join(folder, 'lfw'))
  const { images } = readPairsList(join(folder, 'pairs.txt'), source)
  const read = async () => {
    for await (const _ of pairImageRecords(source, images));
  }
  await t.rejects(read(), { name: 'DataError', file: join(folder, 'lfw/Zoë K/Zoë K_10000.jpg') })
})
