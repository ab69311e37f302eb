// How `nx release` reads and writes versions: in the package.json of each package, where packages name one another by exact version, and in
// the lock file. Nx's own, in @nx/js, brings Babel and 200 packages more along.
// CommonJS with its class as the export is what Nx loads (nx/release, VersionActions).
const { spawnSync } = require('node:child_process')
const { VersionActions } = require('nx/release')

const COLLECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

class PackageJsonVersions extends VersionActions {
  validManifestFilenames = ['package.json']

  async readCurrentVersionFromSourceManifest(tree) {
    const manifestPath = this.#path()
    return { currentVersion: read(tree, manifestPath).version, manifestPath }
  }

  async readCurrentVersionFromRegistry() {
    return null
  }

  async readCurrentVersionOfDependency(tree, graph, dependency) {
    const { packageName } = graph.nodes[dependency].data.metadata.js
    const manifest = read(tree, this.#path())
    const dependencyCollection = COLLECTIONS.find(collection => manifest[collection]?.[packageName]) ?? null
    return { currentVersion: manifest[dependencyCollection]?.[packageName] ?? null, dependencyCollection }
  }

  async updateProjectVersion(tree, version) {
    write(tree, this.#path(), manifest => ({ ...manifest, version }))
    return [`${this.#path()}: ${version}`]
  }

  async updateProjectDependencies(tree, graph, versions) {
    write(tree, this.#path(), manifest => {
      for (const [dependency, version] of Object.entries(versions)) {
        const { packageName } = graph.nodes[dependency].data.metadata.js
        for (const collection of COLLECTIONS)
          if (manifest[collection]?.[packageName]) manifest[collection][packageName] = version
      }
      return manifest
    })
    return []
  }

  #path() {
    return `${this.projectGraphNode.data.root}/package.json`
  }
}

function read(tree, path) {
  return JSON.parse(tree.read(path, 'utf8'))
}

function write(tree, path, change) {
  tree.write(path, `${JSON.stringify(change(read(tree, path)), null, 2)}\n`)
}

/** The lock file names the packages' versions too. Nothing else of it changes, so npm needs no network for it. */
async function afterAllProjectsVersioned(cwd, { dryRun }) {
  if (dryRun) return { changedFiles: [], deletedFiles: [] }
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--offline']
  const { status } = spawnSync('npm', args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) throw new Error('npm could not write the new versions into package-lock.json')
  return { changedFiles: ['package-lock.json'], deletedFiles: [] }
}

module.exports = PackageJsonVersions
module.exports.afterAllProjectsVersioned = afterAllProjectsVersioned
