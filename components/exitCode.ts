/** Exit code by which a program tells Pulumi's language host that its error has been shown. */
export const ERROR_SHOWN = 32;
