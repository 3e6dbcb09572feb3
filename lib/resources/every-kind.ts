// Makes every kind of resource known that comes along with Troupe, so that a journal of any of them can be undone.
import './index.ts'
import './backup/index.ts'
import './certificate/index.ts'
import './firewall/index.ts'
