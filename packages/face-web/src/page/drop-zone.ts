import { html, type TemplateResult } from 'lit-html'

/** Takes the photos that miss all places for them: the browser would leave the page to show the first. */
export function takeStrayDrops(take: (files: readonly File[]) => void): void {
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragover', event => {
    if (hasFiles(event)) event.preventDefault()
  })
  addEventListener('drop', event => {
    if (event.defaultPrevented || !hasFiles(event)) return
    event.preventDefault()
    take([...event.dataTransfer!.files])
  })
}

/** A place to drop photos on, and a button that opens the file chooser for whoever has no mouse. */
export function dropZone(label: string, take: (files: readonly File[]) => void, multiple = false): TemplateResult {
  const over = (event: DragEvent, is: boolean) => {
    event.preventDefault()
    ;(event.currentTarget as HTMLElement).classList.toggle('over', is)
  }
  const drop = (event: DragEvent) => {
    over(event, false)
    take([...(event.dataTransfer?.files ?? [])])
  }
  const change = (event: Event) => {
    const input = event.target as HTMLInputElement
    take([...(input.files ?? [])])
    input.value = ''
  }
  return html`<label
    class="drop"
    @dragover=${(event: DragEvent) => over(event, true)}
    @dragleave=${(event: DragEvent) => over(event, false)}
    @drop=${drop}
  >
    <span>${label}</span><span class="soft">or choose ${multiple ? 'files' : 'a file'}</span>
    <input type="file" accept="image/*" ?multiple=${multiple} @change=${change}>
  </label>`
}
