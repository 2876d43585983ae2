package onviftest

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Namespaces by the prefix that the replies are written with.
const (
	nsDevice = "http://www.onvif.org/ver10/device/wsdl"
	nsMedia  = "http://www.onvif.org/ver10/media/wsdl"
	nsMedia2 = "http://www.onvif.org/ver20/media/wsdl"
	nsPTZ    = "http://www.onvif.org/ver20/ptz/wsdl"
)

// fault is a request that is declined.
type fault struct{ code, why string }

// ServeHTTP implements http.Handler.
func (d *Device) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.has(NotONVIF) {
		io.WriteString(w, "<html><head><title>Router</title></head><body>Welcome<br></body></html>") //nolint:errcheck // a test's peer
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var m request
	if err == nil {
		err = xml.Unmarshal(body, &m)
	}
	if err != nil || r.Method != http.MethodPost || m.XMLName.Local != "Envelope" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	op := m.Body.Operation.XMLName
	d.mu.Lock()
	d.asked[op.Local]++
	d.mu.Unlock()
	if d.has(ClockInHeader) {
		w.Header().Set("Date", d.Now().UTC().Format(http.TimeFormat))
	}
	if !d.open(op.Local) {
		if ok, why := d.loginOK(r, &m); !ok {
			if d.has(HTTPDigest) && !(d.has(ShyDigest) && m.Token.Username != "") {
				d.challenge(w, why == "stale")
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			d.write(w, http.StatusBadRequest, d.faultXML(fault{"ter:NotAuthorized", why}))
			return
		}
	}
	reply, f := d.reply(&m.Body.Operation)
	if f != nil {
		d.write(w, http.StatusInternalServerError, d.faultXML(*f))
		return
	}
	d.write(w, http.StatusOK, reply)
}

// open tells which operations need no login.
func (d *Device) open(op string) bool {
	return op == "GetSystemDateAndTime" && !d.has(ClockWantsLogin) || op == "GetServices" || op == "GetCapabilities"
}

// write sends an envelope.
func (d *Device) write(w http.ResponseWriter, status int, body string) {
	soap := "http://www.w3.org/2003/05/soap-envelope"
	w.Header().Set("Content-Type", "application/soap+xml; charset=utf-8")
	if d.has(SOAP11) {
		soap = "http://schemas.xmlsoap.org/soap/envelope/"
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	}
	text := `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="` + soap + `" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="` +
		nsDevice + `" xmlns:trt="` + nsMedia + `" xmlns:tr2="` + nsMedia2 + `" xmlns:tptz="` + nsPTZ +
		`" xmlns:ter="http://www.onvif.org/ver10/error"><s:Body>` + body + `</s:Body></s:Envelope>`
	if d.has(OddPrefixes) {
		var pairs []string
		for from, to := range map[string]string{"s": "tt", "tt": "tds", "tds": "trt", "trt": "tr2", "tr2": "tptz", "tptz": "s"} {
			pairs = append(pairs, "<"+from+":", "<"+to+":", "</"+from+":", "</"+to+":", "xmlns:"+from+"=", "xmlns:"+to+"=")
		}
		text = strings.NewReplacer(pairs...).Replace(text)
	}
	w.WriteHeader(status)
	io.WriteString(w, text) //nolint:errcheck // a test's peer
}

func (d *Device) faultXML(f fault) string {
	if d.has(SOAP11) {
		return `<s:Fault><faultcode>s:Client</faultcode><faultstring>` + f.why + `</faultstring><detail>` + f.code + `</detail></s:Fault>`
	}
	return `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>` + f.code + `</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">` +
		f.why + `</s:Text></s:Reason></s:Fault>`
}

// reply answers one operation.
func (d *Device) reply(op *operation) (string, *fault) {
	switch op.XMLName.Space {
	case nsDevice:
		return d.device(op)
	case nsMedia, nsMedia2:
		return d.media(op)
	case nsPTZ:
		if !d.has(NoPTZ) {
			return d.ptz(op)
		}
	}
	return "", &fault{"ter:ActionNotSupported", "Optional Action Not Implemented"}
}

func (d *Device) device(op *operation) (string, *fault) {
	switch op.XMLName.Local {
	case "GetSystemDateAndTime":
		return d.clock(), nil
	case "GetDeviceInformation":
		o := d.opts
		return fmt.Sprintf(`<tds:GetDeviceInformationResponse><tds:Manufacturer>%s</tds:Manufacturer><tds:Model>%s</tds:Model>`+
			`<tds:FirmwareVersion>1.0</tds:FirmwareVersion><tds:SerialNumber>%s</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId>`+
			`</tds:GetDeviceInformationResponse>`, o.Manufacturer, o.Model, o.Serial), nil
	case "GetServices":
		if d.has(NoGetServices) {
			return "", &fault{"ter:ActionNotSupported", "Method 'GetServices' not implemented"}
		}
		out := `<tds:GetServicesResponse>`
		for space, path := range d.services() {
			out += `<tds:Service><tds:Namespace>` + space + `</tds:Namespace><tds:XAddr>` + d.xaddr(path) +
				`</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>5</tt:Minor></tds:Version></tds:Service>`
		}
		return out + `</tds:GetServicesResponse>`, nil
	case "GetCapabilities":
		out := `<tds:GetCapabilitiesResponse><tds:Capabilities>`
		services := d.services()
		if path, ok := services[nsMedia]; ok {
			out += `<tt:Media><tt:XAddr>` + d.xaddr(path) + `</tt:XAddr></tt:Media>`
		}
		if path, ok := services[nsPTZ]; ok {
			out += `<tt:PTZ><tt:XAddr>` + d.xaddr(path) + `</tt:XAddr></tt:PTZ>`
		}
		return out + `</tds:Capabilities></tds:GetCapabilitiesResponse>`, nil
	}
	return "", &fault{"ter:ActionNotSupported", "Optional Action Not Implemented"}
}

func (d *Device) services() map[string]string {
	out := map[string]string{nsDevice: "/onvif/device_service"}
	if !d.has(Media2Only) {
		out[nsMedia] = "/onvif/media_service"
	}
	if d.has(Media2Only) || d.has(Media2) {
		out[nsMedia2] = "/onvif/media2_service"
	}
	if !d.has(NoPTZ) {
		out[nsPTZ] = "/onvif/ptz_service"
	}
	return out
}

func (d *Device) xaddr(path string) string {
	if d.has(WrongHost) {
		return "http://198.51.100.7" + path
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return "http://" + d.host + path
}

func (d *Device) clock() string {
	if d.has(ClockInHeader) {
		return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>` +
			`<tt:DaylightSavings>false</tt:DaylightSavings></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`
	}
	write := func(name string, t time.Time) string {
		return fmt.Sprintf(`<tt:%s><tt:Time><tt:Hour>%d</tt:Hour><tt:Minute>%d</tt:Minute><tt:Second>%d</tt:Second></tt:Time>`+
			`<tt:Date><tt:Year>%d</tt:Year><tt:Month>%d</tt:Month><tt:Day>%d</tt:Day></tt:Date></tt:%s>`,
			name, t.Hour(), t.Minute(), t.Second(), t.Year(), t.Month(), t.Day(), name)
	}
	now := d.Now().UTC()
	return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>` +
		`<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>ICT-7</tt:TZ></tt:TimeZone>` +
		write("UTCDateTime", now) + write("LocalDateTime", now.Add(7*time.Hour)) +
		`</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`
}
