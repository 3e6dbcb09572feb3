/** How many hosts every tool works on side by side. */
export const atOnce = 8
