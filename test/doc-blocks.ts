/** The commands of a page of docs below its headings, in its order, each with the heading of the second level that it stands under. */
export function* blocks(page: string): Generator<{ section: string; script: string }> {
  for (const part of page.split(/^## /m).slice(1)) {
    const section = part.slice(0, part.indexOf('\n'))
    for (const script of scripts(part)) yield { section, script }
  }
}

/** Each block of `sh` in a text, as it stands or indented below an item of a list. */
export function* scripts(text: string): Generator<string> {
  for (const [, indent, script] of text.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm))
    yield script!.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
}
