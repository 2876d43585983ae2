package onvif

import (
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

const matchXML = `<?xml version="1.0"?><x:Envelope xmlns:x="http://www.w3.org/2003/05/soap-envelope" xmlns:y="http://schemas.xmlsoap.org/ws/2004/08/addressing">
<x:Header><y:RelatesTo>uuid:ID</y:RelatesTo></x:Header><x:Body><ProbeMatches xmlns="http://schemas.xmlsoap.org/ws/2005/04/discovery"><ProbeMatch>
<y:EndpointReference><y:Address>urn:uuid:ABC</y:Address></y:EndpointReference>
<Scopes>onvif://www.onvif.org/name/IP%20Cam onvif://www.onvif.org/hardware/DS-2CD onvif://www.onvif.org/location/x/y</Scopes>
<XAddrs>XADDRS</XAddrs></ProbeMatch></ProbeMatches></x:Body></x:Envelope>`

func TestProbeMatches(t *testing.T) {
	tests := []struct{ name, xaddrs, from, want string }{
		{"own host", "http://10.1.2.3:8080/onvif/device_service", "10.1.2.3", "http://10.1.2.3:8080/onvif/device_service"},
		{"several", "http://[fe80::1]/a http://192.168.1.64/b http://10.1.2.3/c", "10.1.2.3", "http://10.1.2.3/c"},
		{"another's host", "http://203.0.113.9:81/onvif/device_service", "10.1.2.3", "http://10.1.2.3:81/onvif/device_service"},
		{"a name", "https://evil.example/x?y=1", "fd00::9", "https://[fd00::9]/x"},
		{"with a login", "http://u:p@10.1.2.3/x", "10.1.2.3", "http://10.1.2.3/x"},
		{"no web address", "soap.udp://10.1.2.3:3702/x", "10.1.2.3", ""},
		{"none", "", "10.1.2.3", ""},
	}
	for _, test := range tests {
		got, err := parseMatches([]byte(strings.Replace(matchXML, "XADDRS", test.xaddrs, 1)), netip.MustParseAddr(test.from), []string{"id"})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		switch {
		case test.want == "":
			if len(got) != 0 {
				t.Errorf("%s: got %+v", test.name, got)
			}
		case len(got) != 1 || got[0].Address != test.want || got[0].Name != "IP Cam" || got[0].Hardware != "DS-2CD" || got[0].Location != "x/y" || got[0].Endpoint != "urn:uuid:abc":
			t.Errorf("%s: got %+v", test.name, got)
		}
	}
	if _, err := parseMatches([]byte(matchXML), netip.MustParseAddr("10.1.2.3"), []string{"other"}); err == nil {
		t.Error("an answer to another's probe is taken")
	}
	silent := strings.NewReplacer("uuid:ID", "", "XADDRS", "http://10.1.2.3/x").Replace(matchXML)
	if got, err := parseMatches([]byte(silent), netip.MustParseAddr("10.1.2.3"), []string{"id"}); err != nil || len(got) != 1 {
		t.Errorf("an answer that does not say to what: %+v, %v", got, err)
	}
}

func TestDevicesAreFoldedByEndpoint(t *testing.T) {
	told := 0
	s := &search{seen: map[string]int{}, opts: DiscoverOptions{OnFound: func(Found) { told++ }}}
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	for range 3 {
		s.add(Found{Endpoint: "x", From: a, Interface: "eth0"})
		s.add(Found{Endpoint: "x", From: a, Interface: "eth1"})
		s.add(Found{Endpoint: "x", From: b, Interface: "eth0"}) // two cameras of a make that gives all the same
	}
	if len(s.found) != 2 || told != 2 {
		t.Errorf("found %+v, told of %d", s.found, told)
	}
	for i := range maxFound + 10 {
		s.add(Found{Endpoint: string(rune('0' + i)), From: a})
	}
	if len(s.found) != maxFound {
		t.Errorf("%d devices are kept", len(s.found))
	}
}

// The examples of RFC 7616, section 3.9.1, with POST instead of GET computed apart, and of the UsernameToken profile.
func TestDigests(t *testing.T) {
	for algorithm, want := range map[string]string{
		"MD5":     `response="8ca523f5e9506fed4657c9700eebdbec"`,
		"SHA-256": `response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"`,
	} {
		c, ok := parseChallenge([]string{`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=` + algorithm +
			`, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`})
		if !ok {
			t.Fatalf("%s: the challenge is not understood", algorithm)
		}
		c.count = 1
		got := c.answer("Mufasa", "Circle of Life", "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
		if !strings.Contains(got, want) || !strings.Contains(got, "nc=00000001") {
			t.Errorf("%s: got %s", algorithm, got)
		}
	}
	// The example of the ONVIF application programmer's guide 1.0, section 6.1.1.3.
	nonce, err := base64.StdEncoding.DecodeString("LKqI6G/AikKCQrN0zqZFlg==")
	if err != nil {
		t.Fatal(err)
	}
	if got := passwordDigest(nonce, "2010-09-16T07:50:45Z", "userpassword"); got != "tuOSpGlFlIXsozq4HFNeeGeFLEI=" {
		t.Errorf("got %q", got)
	}
}

func TestChallenges(t *testing.T) {
	tests := []struct {
		headers []string
		want    challenge
		ok      bool
	}{
		{[]string{`Basic realm="x"`}, challenge{}, false},
		{[]string{`Digest realm="a, \"b\"", nonce=abc`}, challenge{realm: `a, "b"`, nonce: "abc", algorithm: "MD5"}, true},
		{[]string{`digest nonce="1"`, `Digest nonce="2", algorithm=SHA-256, qop="auth"`}, challenge{nonce: "2", algorithm: "SHA-256", qop: true}, true},
		{[]string{`Digest nonce="1", qop="auth-int"`}, challenge{}, false},
		{[]string{`Digest nonce="1", algorithm=MD5-sess`}, challenge{}, false},
		{[]string{`Digest realm="x"`}, challenge{}, false},
	}
	for _, test := range tests {
		if got, ok := parseChallenge(test.headers); ok != test.ok || got != test.want {
			t.Errorf("%q: got %+v, %v", test.headers, got, ok)
		}
	}
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 7 * time.Second: "7 s", 2*time.Hour + 3*time.Minute + 400*time.Millisecond: "2 h 3 min",
		90 * time.Second: "1 min 30 s", 50 * time.Hour: "2 d 2 h",
	} {
		if got := span(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestOddText(t *testing.T) {
	e, err := parse([]byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\n<b> x<!-- c --> &amp;\xff y</b><c k=\"v\"/></a>"))
	if err != nil || e.string("", "b") != "x &? y" || e.child("", "c").attr("k") != "v" {
		t.Errorf("got %+v, %v", e, err)
	}
	if _, err := parse([]byte("<a/><b/>")); err == nil {
		t.Error("two roots are a document")
	}
	if _, err := parse([]byte(strings.Repeat("<a><!-- --></a>", 1) + "<!DOCTYPE x>")); !errors.Is(err, errDoctype) {
		t.Errorf("got %v", err)
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte(matchXML))
	f.Add([]byte(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>x:y</faultcode><faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>`))
	f.Add([]byte(`<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><r:GetProfilesResponse xmlns:r="http://www.onvif.org/ver10/media/wsdl">` +
		`<r:Profiles token="a" xmlns:t="http://www.onvif.org/ver10/schema"><t:Name>n</t:Name><t:VideoEncoderConfiguration><t:Encoding>H264</t:Encoding>` +
		`<t:Resolution><t:Width>640</t:Width><t:Height>1e9</t:Height></t:Resolution><t:RateControl><t:FrameRateLimit>NaN</t:FrameRateLimit></t:RateControl>` +
		`</t:VideoEncoderConfiguration><t:PTZConfiguration/></r:Profiles></r:GetProfilesResponse></e:Body></e:Envelope>`))
	d, err := New(Options{Address: "127.0.0.1", User: "u", Password: "hunter2"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, space := range []string{nsMedia, nsMedia2} {
			x := &exchange{op: "GetProfiles", address: d.address, space: space}
			reply, err := d.read(x, 200, body)
			if err != nil {
				if len(err.Error()) > 1000 || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("too much is said: %v", err)
				}
				continue
			}
			for _, p := range readProfiles(reply, space) {
				if p.Token == "" || p.Width < 0 || p.Width > 1<<15 || p.FPS < 0 || p.FPS > 1000 || strings.ContainsAny(p.Token+p.Name, "\n\x1b") {
					t.Errorf("got %+v", p)
				}
			}
		}
		if e, err := parse(body); err == nil {
			var h head
			h.read(e)
			if at, ok := dateTime(e); ok && at.Year() < 1970 {
				t.Errorf("got %v", at)
			}
		}
	})
}

func FuzzProbeMatch(f *testing.F) {
	f.Add([]byte(matchXML))
	f.Add([]byte(strings.Replace(matchXML, "XADDRS", "http://10.0.0.1/x http://a b://c", 1)))
	from := netip.MustParseAddr("10.1.2.3")
	f.Fuzz(func(t *testing.T, packet []byte) {
		found, err := parseMatches(packet, from, []string{"id"})
		if err != nil {
			return
		}
		for _, g := range found {
			u, err := url.Parse(g.Address)
			if err != nil || u.Hostname() != "10.1.2.3" || u.User != nil || g.Endpoint == "" || len(g.Name) > 300 {
				t.Errorf("got %+v", g)
			}
		}
	})
}

func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="a", nonce="b", qop="auth", opaque="c"`)
	f.Add(`Digest realm="a\`)
	f.Fuzz(func(t *testing.T, header string) {
		c, ok := parseChallenge([]string{header})
		if !ok {
			return
		}
		if got := c.answer("u\"\n", "hunter2", "POST", "/x", "n"); strings.ContainsAny(got, "\r\n") || strings.Contains(got, "hunter2") && !strings.Contains(header, "hunter2") {
			t.Errorf("got %q", got)
		}
	})
}

func FuzzStreamAddress(f *testing.F) {
	for _, s := range []string{"rtsp://10.0.0.1:554/x?a=b", "rtsp://u:p@[::1]:99999/", "rtsp:///x", "rtsp://%zz", "//x", "rtsp://10.1.2.3:554/a%2fb"} {
		f.Add(s)
	}
	d, err := New(Options{Address: "10.1.2.3", User: "u", Password: "hunter2"})
	if err != nil {
		f.Fatal(err)
	}
	d.dial = nil // whoever is not known to be reachable is not asked
	f.Fuzz(func(t *testing.T, s string) {
		u, err := url.Parse(s)
		if err == nil && u.Hostname() != "" && !strings.EqualFold(u.Hostname(), "10.1.2.3") {
			return // would be dialled
		}
		got, err := d.fixURI(t.Context(), "GetStreamUri", s, "rtsp", "rtsps")
		if err != nil {
			return
		}
		u, err = url.Parse(got)
		if err != nil || !strings.EqualFold(u.Hostname(), "10.1.2.3") || u.User != nil || strings.Contains(got, "hunter2") {
			t.Errorf("%q became %q", s, got)
		}
	})
}
