/**
 * Imported first: ONNX Runtime 1.29 and later sends usage data to its maker unless this variable is set before it
 * starts, and while preparing them it runs a regular expression over the process's command line that overflows
 * the stack of a thread when that line is long (`classify` with some two hundred pictures).
 *
 * Set on the main thread, it reaches the native code of every worker thread and child process.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
