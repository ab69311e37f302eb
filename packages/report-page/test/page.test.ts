import t from 'tap'
import { coordinate, escaped, figureList, grouped, page, percent, powerOfTen } from '../src/index.js'

t.test('a page fetches and runs nothing, and its title is text', async t => {
  const html = page({ title: '</title><script>', style: '.a { color: red }', body: '<p>body</p>' })
  t.match(html, "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
  t.match(html, '<title>&#60;/title&#62;&#60;script&#62;</title>')
  t.match(html, '.a { color: red }</style>')
  t.match(html, '<main>\n<p>body</p>\n</main>')
  t.notMatch(html, /https?:|<script|<link|@import|url\(/)
})

t.test('texts', async t => {
  t.equal(escaped(`<a href="x" b='y'>&`), '&#60;a href=&#34;x&#34; b=&#39;y&#39;&#62;&#38;')
  t.strictSame([0, 999, 1000, 1234567].map(grouped), ['0', '999', '1\u202f000', '1\u202f234\u202f567'])
  t.strictSame([percent(0.12345), percent(1, 0)], ['12.35 %', '100 %'])
  t.strictSame([coordinate(1.005), coordinate(2 / 3)], ['1', '0.67'])
  t.strictSame([powerOfTen(-3), powerOfTen(0), powerOfTen(12)], ['10⁻³', '1', '10¹²'])
  t.equal(
    figureList([['Name', '1', 'of 2']]),
    '<dl class="figures"><div><dt>Name</dt><dd><b>1</b><span>of 2</span></dd></div></dl>',
  )
})
