/** The commands of a page of docs, in its order: each block of `sh`, as it stands or indented below an item of a list. */
export function* blocks(page: string): Generator<{ section: string; script: string }> {
  for (const part of page.split(/^## /m).slice(1)) {
    const section = part.slice(0, part.indexOf('\n'))
    for (const [, indent, script] of part.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm))
      yield { section, script: script!.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }
  }
}
