// Package told puts what the centre knows of a thing into words: how it is, what it
// is called, its facts with their units, and what happened to it. It reads the state
// and draws nothing.
package told
