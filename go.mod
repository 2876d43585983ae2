module iocwall

go 1.26.0

require (
	fyne.io/fyne/v2 v2.8.1 // the native toolkit: one program for Linux now and Windows later
	github.com/BertoldVdb/go-ais v0.4.0 // AIS payloads of ITU-R M.1371, both ways; small and fast
	github.com/alecthomas/kong v1.17.0 // command lines from structs, with help
	github.com/bluenviron/gortsplib/v4 v4.16.2 // RTSP client and server of mediamtx, fuzzed and alive
	github.com/bluenviron/mediacommon/v2 v2.4.1 // H.264 and H.265 parameter sets; belongs to gortsplib
	github.com/eclipse/paho.golang v0.23.0 // MQTT 5, the reference client
	github.com/eclipse/paho.mqtt.golang v1.5.1 // MQTT 3.1.1, the reference client
	github.com/expr-lang/expr v1.17.8 // typed expressions with budgets
	github.com/fxamacker/cbor/v2 v2.9.0 // deterministic CBOR, fuzzed
	github.com/fyne-io/oksvg v0.2.0 // icons; comes with the toolkit
	github.com/go-gl/gl v0.0.0-20260331235117-4566fea9a276 // which renderer draws the windows
	github.com/go-gl/glfw/v3.4/glfw v0.1.0-pre.1.0.20260707082822-2a407d02d01a // a hidden window to ask the renderer; the toolkit brings it
	github.com/goccy/go-yaml v1.19.2 // YAML with positions
	github.com/gorilla/websocket v1.5.3 // websockets with prepared and compressed messages
	github.com/jezek/xgb v1.1.1 // RandR without C
	github.com/mochi-mqtt/server/v2 v2.7.9 // an MQTT broker inside the demonstration and the tests
	github.com/paulmach/orb v0.14.0 // planar and spherical geometry, GeoJSON
	github.com/pion/rtp v1.8.21 // RTP packets; belongs to gortsplib
	github.com/prometheus/client_golang v1.25.0 // metrics in the format everybody reads
	github.com/signintech/gopdf v0.33.0 // prints
	github.com/srwiley/rasterx v0.0.0-20220730225603-2ab79fcdd4ef // icons; comes with the toolkit
	github.com/tidwall/rtree v1.10.0 // spatial index
	go.etcd.io/bbolt v1.5.0 // the journal's files: one writer, crash-safe
	golang.org/x/crypto v0.57.0 // argon2id for passwords
	golang.org/x/image v0.24.0 // fonts, vector fills, scaling and tiles of webp
	golang.org/x/net v0.59.0 // multicast on a chosen interface
	golang.org/x/sys v0.48.0 // locks and socket options of the system
	golang.org/x/text v0.42.0 // accent folding of Vietnamese
	google.golang.org/protobuf v1.36.12 // the wire format of vector tiles
	modernc.org/sqlite v1.40.0 // reads MBTiles, without C; the peer of the journal's benchmark
	pgregory.net/rapid v1.2.0 // property tests
	rsc.io/qr v0.2.0 // the square picture of a second factor's secret
)

require (
	fyne.io/systray v1.12.3-0.20260810170012-af4e8e793ec4 // indirect
	github.com/BurntSushi/toml v1.6.0 // indirect
	github.com/FyshOS/fancyfs v0.0.1 // indirect
	github.com/abema/go-mp4 v1.4.1 // indirect
	github.com/anthonynsimon/bild v0.14.0 // indirect
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/fsnotify/fsnotify v1.9.0 // indirect
	github.com/fyne-io/gl-js v0.2.1-0.20260315212741-029c47fd27e8 // indirect
	github.com/fyne-io/glfw-js v0.4.0 // indirect
	github.com/fyne-io/image v0.1.1 // indirect
	github.com/go-text/render v0.2.1 // indirect
	github.com/go-text/typesetting v0.3.4 // indirect
	github.com/godbus/dbus/v5 v5.2.2 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/hack-pad/go-indexeddb v0.3.2 // indirect
	github.com/hack-pad/safejs v0.1.0 // indirect
	github.com/jeandeaual/go-locale v0.0.0-20250612000132-0ef82f21eade // indirect
	github.com/jsummers/gobmp v0.0.0-20230614200233-a9de23ed2e25 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/mattn/go-runewidth v0.0.24 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/ncruces/go-strftime v0.1.9 // indirect
	github.com/nfnt/resize v0.0.0-20180221191011-83c6a9932646 // indirect
	github.com/nicksnyder/go-i18n/v2 v2.5.1 // indirect
	github.com/phpdave11/gofpdi v1.0.14-0.20211212211723-1f10f9844311 // indirect
	github.com/pion/logging v0.2.3 // indirect
	github.com/pion/randutil v0.1.0 // indirect
	github.com/pion/rtcp v1.2.15 // indirect
	github.com/pion/sdp/v3 v3.0.15 // indirect
	github.com/pion/srtp/v3 v3.0.6 // indirect
	github.com/pion/transport/v3 v3.0.7 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/rs/xid v1.4.0 // indirect
	github.com/rymdport/portal v0.4.2 // indirect
	github.com/srwiley/oksvg v0.0.0-20221011165216-be6e8873101c // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	github.com/tidwall/geoindex v1.7.0 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	github.com/yuin/goldmark v1.8.2 // indirect
	go.mongodb.org/mongo-driver/v2 v2.5.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/exp v0.0.0-20250620022241-b7579e27df2b // indirect
	golang.org/x/sync v0.23.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
	modernc.org/libc v1.66.10 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.11.0 // indirect
)
