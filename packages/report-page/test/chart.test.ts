import t from 'tap'
import {
  BOTTOM,
  bottomAxis,
  chart,
  dataTable,
  LEFT,
  leftAxis,
  RIGHT,
  scale,
  settingsList,
  TOP,
  topAxis,
} from '../src/index.js'

/** The tags of a drawing: each opened one with its attributes by name. */
function elements(html: string): { tag: string; attributes: Record<string, string> }[] {
  return [...html.matchAll(/<([a-z]\w*)((?: [\w-]+="[^"]*")*)\/?>/g)].map(([, tag, attributes]) => ({
    tag: tag!,
    attributes: Object.fromEntries(
      [...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    ),
  }))
}
const named = (html: string, tag: string, name: string) =>
  elements(html).filter(element => element.tag === tag && element.attributes.class === name)

t.test('values go to where they lie between two places, also backwards', async t => {
  const x = scale(0, 10, LEFT, RIGHT)
  t.strictSame([x(0), x(5), x(10)], [LEFT, (LEFT + RIGHT) / 2, RIGHT])
  t.equal(scale(1, 3, BOTTOM, TOP)(2.5), BOTTOM + 0.75 * (TOP - BOTTOM))
})

t.test('a chart is told to those who do not see it, and its texts are text', async t => {
  const html = chart({
    id: 'roc',
    title: 'A < B',
    description: 'It rises & rises.',
    caption: '"Of pairs"',
    key: '<i>k</i>',
    body: '<path d="M0 0"/>',
  })
  const [svg] = elements(html).filter(({ tag }) => tag === 'svg')
  t.match(svg!.attributes, { role: 'img', 'aria-labelledby': 'roc-title roc-desc' })
  t.match(html, '<title id="roc-title">A &#60; B</title>')
  t.match(html, '<desc id="roc-desc">It rises &#38; rises.</desc>')
  t.match(html, '<h2>A &#60; B</h2><p>&#34;Of pairs&#34;</p></figcaption><i>k</i>')
  t.match(html, '<path d="M0 0"/>')
  t.strictSame(named(html, 'line', 'axis')[0]!.attributes, {
    class: 'axis',
    x1: `${LEFT}`,
    x2: `${RIGHT}`,
    y1: `${BOTTOM}`,
    y2: `${BOTTOM}`,
  })
  t.notMatch(chart({ id: 'roc', title: 'A', description: 'B', caption: 'C', body: '' }), 'undefined')
})

t.test('an axis has a label at each tick, and lines across the chart, but above', async t => {
  const ticks = [
    { at: 100, label: '10⁻³' },
    { at: 200.126, label: '1' },
  ]
  const [bottom, top, left] = [bottomAxis('FAR', ticks), topAxis('score', ticks), leftAxis('TAR', ticks)]
  for (const html of [bottom, top, left]) {
    t.equal(named(html, 'text', 'tick').length, 2)
    t.equal(named(html, 'text', 'name').length, 1)
    t.match(html, />10⁻³<.*>1</s)
  }
  for (const [html, name] of [
    [bottom, 'FAR'],
    [top, 'score'],
    [left, 'TAR'],
  ] as const)
    t.match(html, `>${name}</text>`)
  t.strictSame(
    named(bottom, 'line', 'grid').map(({ attributes: { x1, x2, y1, y2 } }) => [x1, x2, y1, y2]),
    ['100', '200.13'].map(x => [x, x, `${TOP}`, `${BOTTOM}`]),
  )
  t.strictSame(
    named(left, 'line', 'grid').map(({ attributes: { x1, x2, y1, y2 } }) => [x1, x2, y1, y2]),
    ['100', '200.13'].map(y => [`${LEFT}`, `${RIGHT}`, y, y]),
  )
  t.strictSame(named(top, 'line', 'grid'), [])
  t.ok(Number(named(bottom, 'text', 'tick')[0]!.attributes.y) > BOTTOM, 'below')
  t.ok(Number(named(top, 'text', 'tick')[0]!.attributes.y) < TOP, 'above')
  t.ok(Number(named(left, 'text', 'tick')[0]!.attributes.x) < LEFT, 'on the left')
})

t.test('a table of named rows, with and without head and foot', async t => {
  const rows = [
    { name: 'a', cells: ['1', '2'] },
    { name: 'b', cells: ['3', '4'] },
  ]
  t.equal(
    dataTable({ head: ['', 'x', 'y'], rows, foot: '<tr><td>all</td></tr>' }),
    `<div class="scroll" tabindex="0"><table>
<thead><tr><th scope="col"></th><th scope="col">x</th><th scope="col">y</th></tr></thead>
<tbody><tr><th scope="row">a</th><td>1</td><td>2</td></tr>
<tr><th scope="row">b</th><td>3</td><td>4</td></tr></tbody>
<tfoot><tr><td>all</td></tr></tfoot>
</table></div>`,
  )
  t.notMatch(dataTable({ rows }), /thead|tfoot/)
})

t.test('settings are text', async t => {
  t.match(
    settingsList([
      ['model', '<b>.onnx'],
      ['pairs', '6000'],
    ]),
    '<div><dt>model</dt><dd>&#60;b&#62;.onnx</dd></div>\n<div><dt>pairs</dt><dd>6000</dd></div>',
  )
})
