/** The version of this library, as package.json has it: what files say that they were written by. @category constants @since 0.3.0 */
export const VERSION = "0.4.0"
