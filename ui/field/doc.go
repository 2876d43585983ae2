// Package field holds the fields that people type in: one line, several, a password,
// a number, a search. They compose Vietnamese themselves, by Telex or VNI, so that it
// works on a plain computer.
//
// The toolkit's windows do know input methods of the system, but poorly. GLFW opens
// its XIM context with XIMPreeditNothing: with XMODIFIERS=@im=ibus, ibus 1.5.27 and
// ibus-unikey 0.7 the words arrive, whole and only when they are over, so that nothing
// is seen while one types; and every key is reported to the field beside, so that the
// key that erases within an unfinished word takes a finished letter as well. Where
// letters with marks arrive that nobody composed here, the fields take it that the
// system composes and leave the typing to it, until the person switches back.
//
// A field says in its right corner how it types, "VI" or "EN". Ctrl+Space and
// Ctrl+Shift switch as people are used to, a click does too, a click of the other
// button offers all methods, and what was chosen is kept for the person.
package field
