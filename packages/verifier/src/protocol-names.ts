/** The protocols by name; see protocols.ts. Apart from what they do, so that --help loads little. */
export const PROTOCOL_NAMES = ['insightface', 'tiny-face-recognition', 'face-api'] as const
export type ProtocolName = (typeof PROTOCOL_NAMES)[number]
