/** argv -> command -> exit code. */
export {};
