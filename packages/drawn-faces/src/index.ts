export { type DrawnFace, drawFace, drawFaces, type FaceOptions, type FacesOptions } from './draw-faces.js'
