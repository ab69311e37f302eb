import { html, type TemplateResult } from 'lit-html'

/** The camera's picture, as the browser gives it after asking: it goes nowhere until a photo is taken. */
export function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user' } })
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

/** What the camera sees now, as a JPEG. */
export function takePhoto(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')!.drawImage(video, 0, 0)
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the camera gave no picture'))), 'image/jpeg', 0.95)
  })
}

export interface CameraActions {
  readonly start: () => void
  readonly take: () => void
  readonly stop: () => void
}

/** A button that asks for the camera, or what the camera sees. */
export function cameraView(camera: MediaStream | undefined, { start, take, stop }: CameraActions): TemplateResult {
  if (!camera) return html`<button class="camera" @click=${start}>Use the camera</button>`
  return html`<div class="live">
    <video autoplay playsinline muted .srcObject=${camera}></video>
    <button @click=${take}>Take a photo</button> <button class="quiet" @click=${stop}>Stop the camera</button>
  </div>`
}
