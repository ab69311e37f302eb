import { basename, resolve } from 'node:path'
import { runPaths } from '@tiny-face/arcface-model'
import { writeWholeFile } from '@tiny-face/safe-files'
import { readRunHistory } from './run-history.js'
import { trainingPage } from './training-page.js'

/**
 * Writes RUN/report.html, whole or not at all, from what the run has written of itself so far: curves, figures, times, settings.
 *
 * @throws DataError where the run's files are damaged
 */
export async function writeReport(run: string): Promise<void> {
  writeWholeFile(runPaths(run).report, trainingPage(basename(resolve(run)), await readRunHistory(run)))
}
