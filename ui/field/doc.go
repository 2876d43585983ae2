// Package field holds the fields that people type in: one line, several, a password,
// a number, a search. They compose Vietnamese themselves, by Telex or VNI, because a
// plain computer has no input method: the toolkit's windows speak XIM only and without
// a place for text that is not finished (GLFW opens its input context with
// XIMPreeditNothing), so ibus and fcitx reach them where XMODIFIERS names them, and
// hand over finished words at best. Where XMODIFIERS does, or where letters with marks
// arrive that nobody composed here, the fields leave the typing to the system.
//
// A field says in its right corner how it types, "VI" or "EN". Ctrl+Space and
// Ctrl+Shift switch as people are used to, a click does too, and what was chosen is
// kept for the person.
package field
