package onviftest

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// signed asks for the device information with a signature.
func signed(t *testing.T, d *Device, password, nonce string, created time.Time) (int, string) {
	t.Helper()
	at := created.UTC().Format(time.RFC3339)
	sum := sha1.Sum([]byte(nonce + at + password))
	body := fmt.Sprintf(`<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"`+
		` xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"><e:Header><w:Security><w:UsernameToken>`+
		`<w:Username>u</w:Username><w:Password Type="x#PasswordDigest">%s</w:Password><w:Nonce>%s</w:Nonce><u:Created>%s</u:Created></w:UsernameToken></w:Security></e:Header>`+
		`<e:Body><GetDeviceInformation xmlns="http://www.onvif.org/ver10/device/wsdl"/></e:Body></e:Envelope>`,
		base64.StdEncoding.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString([]byte(nonce)), at)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/onvif/device_service", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := d.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// TestLoginsAreCheckedForReal holds the strictness that the tests of the client rest on.
func TestLoginsAreCheckedForReal(t *testing.T) {
	d := New(Options{User: "u", Password: "p", Offset: time.Hour, MaxWrong: 3})
	camera := time.Now().Add(time.Hour)
	if status, answer := signed(t, d, "p", "nonce-number-1", camera); status != 200 || !strings.Contains(answer, "LB-1") {
		t.Errorf("a good login is refused: %d %s", status, answer)
	}
	for name, try := range map[string]func() (int, string){
		"nonce used before": func() (int, string) { return signed(t, d, "p", "nonce-number-1", camera) },
		"message expired":   func() (int, string) { return signed(t, d, "p", "nonce-number-2", camera.Add(-8*time.Second)) },
		"not authorized":    func() (int, string) { return signed(t, d, "q", "nonce-number-3", camera) },
	} {
		if status, answer := try(); status == 200 || !strings.Contains(answer, name) || !strings.Contains(answer, "NotAuthorized") {
			t.Errorf("want %s, got %d %s", name, status, answer)
		}
	}
	if _, answer := signed(t, d, "p", "nonce-number-4", camera); !strings.Contains(answer, "locked") || d.WrongLogins() != 3 {
		t.Errorf("after 3 wrong logins: %s", answer)
	}
}
