package onviftest

import (
	"fmt"
	"strings"
)

func (d *Device) media(op *operation) (string, *fault) {
	path, there := d.services()[op.XMLName.Space]
	if !there {
		return "", &fault{"ter:ActionNotSupported", "Optional Action Not Implemented"}
	}
	newer := strings.Contains(path, "media2")
	switch op.XMLName.Local {
	case "GetProfiles":
		if newer {
			return d.profiles2(), nil
		}
		return d.profiles1(), nil
	case "GetVideoSources":
		if !newer {
			return d.sources(), nil
		}
	case "GetStreamUri", "GetSnapshotUri":
		for _, p := range d.profiles() {
			if p.Token != op.ProfileToken {
				continue
			}
			uri := p.URI
			if op.XMLName.Local == "GetSnapshotUri" {
				uri = p.Snapshot
			}
			uri = strings.ReplaceAll(d.bend(uri), "&", "&amp;")
			if newer {
				return `<tr2:` + op.XMLName.Local + `Response><tr2:Uri>` + uri + `</tr2:Uri></tr2:` + op.XMLName.Local + `Response>`, nil
			}
			return `<trt:` + op.XMLName.Local + `Response><trt:MediaUri><tt:Uri>` + uri + `</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>` +
				`<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:` + op.XMLName.Local + `Response>`, nil
		}
		return "", &fault{"ter:NoProfile", "No such profile"}
	}
	return "", &fault{"ter:ActionNotSupported", "Optional Action Not Implemented"}
}

// bend changes the address of a stream as the quirks want it.
func (d *Device) bend(uri string) string {
	scheme, rest, _ := strings.Cut(uri, "://")
	host, path, _ := strings.Cut(rest, "/")
	_, port, _ := strings.Cut(host, ":")
	if port != "" {
		port = ":" + port
	}
	switch {
	case d.has(WrongHost):
		host = "198.51.100.7" + port
	case d.has(NoHost):
		host = "0.0.0.0" + port
	case d.has(LoginInURI):
		host = d.opts.User + ":" + d.opts.Password + "@" + host
	}
	return scheme + "://" + host + "/" + path
}

// sources lists the video sources, which some clients ask for first.
func (d *Device) sources() string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, p := range d.profiles() {
		if !seen[p.source()] {
			fmt.Fprintf(&b, `<trt:VideoSources token="%s"><tt:Framerate>%d</tt:Framerate><tt:Resolution><tt:Width>%d</tt:Width><tt:Height>%d</tt:Height></tt:Resolution></trt:VideoSources>`,
				p.source(), p.FPS, p.Width, p.Height)
		}
		seen[p.source()] = true
	}
	return "<trt:GetVideoSourcesResponse>" + b.String() + "</trt:GetVideoSourcesResponse>"
}

func (d *Device) profiles1() string {
	var b strings.Builder
	b.WriteString(`<trt:GetProfilesResponse>`)
	for _, p := range d.profiles() {
		encoding := p.Encoding
		if encoding == "H265" {
			encoding = "" // the older service has no name for it
		}
		fmt.Fprintf(&b, `<trt:Profiles token="%s" fixed="true"><tt:Name>%s</tt:Name><tt:VideoSourceConfiguration token="v">`+
			`<tt:Name>v</tt:Name><tt:UseCount>2</tt:UseCount><tt:SourceToken>%s</tt:SourceToken></tt:VideoSourceConfiguration>`,
			p.Token, p.Name, p.source())
		if encoding != "" {
			fmt.Fprintf(&b, `<tt:VideoEncoderConfiguration token="e"><tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>%s</tt:Encoding>`+
				`<tt:Resolution><tt:Width>%d</tt:Width><tt:Height>%d</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality>`+
				`<tt:RateControl><tt:FrameRateLimit>%d</tt:FrameRateLimit><tt:EncodingInterval>%d</tt:EncodingInterval><tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl>`+
				`</tt:VideoEncoderConfiguration>`, encoding, p.Width, p.Height, p.FPS, max(1, p.Interval))
		}
		if p.PTZ && !d.has(NoPTZ) {
			b.WriteString(`<tt:PTZConfiguration token="c"><tt:Name>c</tt:Name><tt:NodeToken>node</tt:NodeToken></tt:PTZConfiguration>`)
		}
		b.WriteString(`</trt:Profiles>`)
	}
	b.WriteString(`</trt:GetProfilesResponse>`)
	return b.String()
}

func (d *Device) profiles2() string {
	var b strings.Builder
	b.WriteString(`<tr2:GetProfilesResponse>`)
	for _, p := range d.profiles() {
		fmt.Fprintf(&b, `<tr2:Profiles token="%s" fixed="true"><tr2:Name>%s</tr2:Name><tr2:Configurations>`+
			`<tr2:VideoSource token="v"><tt:Name>v</tt:Name><tt:UseCount>2</tt:UseCount><tt:SourceToken>%s</tt:SourceToken></tr2:VideoSource>`+
			`<tr2:VideoEncoder token="e" GovLength="50"><tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>%s</tt:Encoding>`+
			`<tt:Resolution><tt:Width>%d</tt:Width><tt:Height>%d</tt:Height></tt:Resolution>`+
			`<tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>%d.0</tt:FrameRateLimit><tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl>`+
			`<tt:Quality>4</tt:Quality></tr2:VideoEncoder>`, p.Token, p.Name, p.source(), p.Encoding, p.Width, p.Height, p.FPS)
		if p.PTZ && !d.has(NoPTZ) {
			b.WriteString(`<tr2:PTZ token="c"><tt:Name>c</tt:Name><tt:NodeToken>node</tt:NodeToken></tr2:PTZ>`)
		}
		b.WriteString(`</tr2:Configurations></tr2:Profiles>`)
	}
	b.WriteString(`</tr2:GetProfilesResponse>`)
	return b.String()
}

func (p Profile) source() string {
	if p.Source == "" {
		return "v"
	}
	return p.Source
}
