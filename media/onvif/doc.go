// Package onvif finds IP cameras and asks them, by the ONVIF profiles S and T, who they are, what streams they offer
// and how they are turned.
//
// It speaks the few SOAP calls that are needed by itself. What cameras answer is taken for what strangers send: replies
// are bounded in size, depth and number, document types are refused, names are matched by namespace and never by prefix,
// and no answer leads to another host. A camera's clock is read before the first login, because its signature is only
// valid by that clock. Passwords are digested, never sent, and never part of an address, an error or a log line.
//
// Sources: ONVIF Core, Media, Media2 and PTZ Service Specifications 23.06; WS-Discovery April 2005; OASIS Web Services
// Security UsernameToken Profile 1.0; RFC 7616 for HTTP digest.
package onvif
