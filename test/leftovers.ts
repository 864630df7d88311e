// What test files leave behind is removed when each of them ends, also where a test has failed. Test files share their
// modules, so a module's own `afterAll` would see the end of the first file alone: test/setup.ts runs for every file.
const removals: Array<() => void> = []

export const atEndOfFile = (remove: () => void): void => {
  removals.push(remove)
}

export const removeLeftovers = (): void => {
  for (const remove of removals.splice(0).reverse()) remove()
}
