export { EventWriter } from './event-writer.js'
export { RunEvents } from './run-events.js'
