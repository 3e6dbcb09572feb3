import { keptShellCases } from './kept-shell-cases.ts'

keptShellCases('/bin/dash')
