// Package roster is how cameras come into the configuration: found in the network,
// asked by ONVIF, or read from a table; compared with the entries that are there; and
// written into the text of the configuration so that comments and everything else stay.
package roster
