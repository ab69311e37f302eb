import { homedir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { userCache } from '../src/index.js'

t.test("where a system's programs keep what they can get again", async t => {
  const { XDG_CACHE_HOME } = process.env
  t.teardown(() => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME
  })
  process.env.XDG_CACHE_HOME = '/elsewhere'
  t.equal(userCache(), '/elsewhere')
  process.env.XDG_CACHE_HOME = ''
  t.equal(userCache(), join(homedir(), '.cache'))
})
