package rtsp

import (
	"net/url"
	"regexp"
	"strings"
)

// hidden stands where a secret was.
const hidden = "***"

// urlCredentials finds the credentials of any URL inside a longer text, greedy up to the last @ of the authority
// because passwords in the field hold unescaped @ and :.
var urlCredentials = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^/\s"'<>]*@`)

// urlQuery finds the query of any URL inside a longer text: cameras carry user and password there too.
var urlQuery = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://[^\s"'<>?]*)\?[^\s"'<>]*`)

// pathLogin finds a login inside a path, as one maker's cameras want it: /user=admin_password=12345_channel=1. What ends
// the password is not certain, so all that follows in that part of the path goes.
var pathLogin = regexp.MustCompile(`(?i)((?:^|[^a-z])(?:user|username|usr|pass|passwd|password|pwd)=)[^/?\s"'<>]*`)

// authHeader finds credentials in an RTSP header that an error may quote.
var authHeader = regexp.MustCompile(`(?i)\b(basic|digest)\s+[a-z0-9+/=_.~-]{6,}[^\r\n]*`)

// Redact removes what may be a secret from a text that may hold URLs or RTSP headers: credentials, whole queries, logins
// in paths and authorisation values. Scheme, host and path stay, so that a technician can tell which camera is meant.
func Redact(text string) string {
	text = urlCredentials.ReplaceAllString(text, "${1}")
	text = urlQuery.ReplaceAllString(text, "${1}?"+hidden)
	text = pathLogin.ReplaceAllString(text, "${1}"+hidden)
	return authHeader.ReplaceAllString(text, "${1} "+hidden)
}

// redactSecrets does what Redact does and also removes the given secrets wherever they stand, plain or escaped.
// Secrets of one or two characters are left alone: removing them would only mangle the text.
func redactSecrets(text string, secrets ...string) string {
	for _, s := range secrets {
		if len(s) < 3 {
			continue
		}
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s), url.UserPassword("", s).String()} {
			form = strings.TrimPrefix(form, ":")
			text = strings.ReplaceAll(text, form, hidden)
		}
	}
	return Redact(text)
}
