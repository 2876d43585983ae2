# IOC Wall. `make run` shows a living wall, `make test` proves it works; `make help` lists the rest.

SHELL := /bin/bash
GO ?= $(or $(shell command -v go),$(wildcard /usr/local/go/bin/go),go)
export PATH := $(dir $(GO)):$(PATH)
export CGO_ENABLED := 1
# The version control stamp needs git and its trust in this folder's owner; neither is needed here.
export GOFLAGS := -buildvcs=false $(filter-out -buildvcs=%,$(GOFLAGS))

# gles: the software renderers of small computers know OpenGL ES. x11: one window system, not two.
# no_animations: a caret that fades costs half a core without a graphics card; nothing here moves by itself.
TAGS := gles,x11,no_animations
STEP := .ci/step
VERSION := $(or $(shell git describe --tags --always --dirty 2>/dev/null),unknown)

# Packages that need a window system, or the toolkit: tested without the race detector, whose
# instrumentation of the toolkit takes minutes. All others are tested with it.
windowed = $(shell $(GO) list -test -tags $(TAGS) -f '{{or .ForTest .ImportPath}} {{join .Deps " "}}' ./... 2>/dev/null \
	| grep "\bfyne.io/fyne/v2\b" | cut -d" " -f1 | sed "s|[.]test$$||" | sort -u)
# Packages whose tests play faults in real time.
alone := iocwall/media/fieldtest
# Packages whose tests compare many pictures or read all of the code on one goroutine: the race
# detector finds nothing there and takes ten times as long.
alike := iocwall/geo/draw iocwall/cmd/house
# The package whose tests with and without a display are one: they run together, at the end.
displayed := iocwall/cmd/wall
packages = $(shell $(GO) list -tags $(TAGS) ./... 2>/dev/null)

# Where the benchmarks are. Add a package here and its benchmarks are part of `make bench`; one that
# compares itself with a peer prints a line `RATIO name value (ours …, peer …)`. They find the programs
# in $IOCWALL_BIN and a virtual display in $DISPLAY; those that need either are tagged xvfb.
BENCH_PACKAGES := \
	./server/journal \
	./server/source/ais \
	./server/wire \
	./server \
	./geo \
	./geo/draw \
	./geo/draw/cluster \
	./geo/draw/outline \
	./geo/fence \
	./geo/gazetteer \
	./geo/tiles \
	./geo/tiles/archive \
	./media \
	./media/relay \
	./media/decode \
	./ui/... \
	./cmd/wall=CameraToScreen|NineTiles

# The camera path beside other programs: `make bench-camera`. After = the benchmarks' names.
BENCH_CAMERA := \
	./media/benchcamera=DecodeH264 \
	./media/benchcamera=DecodeH265 \
	./media/benchcamera=WallSameWork \
	./media/benchcamera=WallMainStreams \
	./media/replay=Evidence \
	./media/fieldtest=FirstPicture \
	'./cmd/wall=CameraToScreen|NineTiles|WallBesidePlayers'

# The map and what belongs to it, alone and beside other programs: `make bench-map`. After = the benchmarks' names.
# Each prints lines `MEASURED name value unit (…)` or `RATIO name value (ours …, peer …)`.
BENCH_MAP := \
	'./geo/draw=BaseMap1080|Pan1080|Zoom1080|Vessels2000|Vessels20000|Points50000|Crops|Span' \
	./geo/fence=Positions \
	./geo/tiles/archive=TileCache \
	./geo/draw/benchmap=MapLibre \
	./geo/draw/benchmap=Canvas

# The wall of 27 screens and twelve computers on one, alone and beside three windows of a browser: `make
# bench-wall`. After = the benchmarks' names.
BENCH_WALL := \
	./cmd/wall=WallSwitch \
	./cmd/wall=WallPopup \
	./cmd/wall=WallLoss \
	./cmd/wall=WallBesideKiosk

# The console from a chair: its start, a page that stands still while the province moves, the wall in small, a
# key in a field; and what a unit's thin line carries. `make bench-console`, `make bench-link`.
BENCH_CONSOLE := \
	'./cmd/wall=ConsoleStart|ConsoleUpdates|ConsoleMosaic|ConsoleTyping|ConsoleFilter'
BENCH_LINK := \
	./server=ThinLink
# Maps made by other programs: the test data of a reader of MBTiles (MIT).
MBTILES := github.com/brendan-ward/mbtiles-go v0.2.0 h1:jtSbOrmkMEOUD1kY02UIuKHjE9sR4nevQaMRlHmz0bU=
MAPLIBRE := 5.24.1
MAPLIBRE_SUM := 1f2898070b6c6e4dcbd67d443cb2475aa768c8c885f349fbb44617159caeda6d538ef68dc7a28c2e215e0dd9accedd7f9aadb3bec4754c9b97fcd32ee41a275d
export IOCWALL_BIN := $(CURDIR)/bin
BENCHTIME ?= 1s
FUZZTIME ?= 5s

GOFUMPT := bin/tools/gofumpt-v0.9.2
LINTER := bin/tools/golangci-lint-v2.11.4

# Debian packages: name | set | why. The sets: build (make run, make test), camera (the demonstration's
# and the tests' cameras), headless (a wall without a display), test, peers (programs of others that cameras
# and players are tried with), browser (maps of others), npm (fetches one of them, where there is no npm).
define DEBIAN
gcc                      | build    | C compiler for the window and video code
libc6-dev                | build    | C library headers
pkg-config               | build    | finds the C libraries below
libgl1-mesa-dev          | build    | OpenGL headers
libgles2-mesa-dev        | build    | OpenGL ES headers and library: draws the windows
libx11-dev               | build    | X11: windows
libxrandr-dev            | build    | X11: which monitors there are
libxxf86vm-dev           | build    | X11: video modes
libxi-dev                | build    | X11: keyboard and pointer
libxcursor-dev           | build    | X11: cursors
libxinerama-dev          | build    | X11: monitors, the old way
libavcodec-dev           | build    | decodes camera streams
libavutil-dev            | build    | pictures of decoded streams
libswscale-dev           | build    | scales decoded pictures
ffmpeg                   | camera   | makes the streams of the demonstration's cameras, takes the picture of the wall
xvfb                     | headless | virtual X server for a wall without a display
libgl1-mesa-dri          | headless | OpenGL in software
xdotool                  | test     | types and clicks in the window under test
imagemagick              | test     | reads pixels of the window under test
xserver-xorg-core        | test     | X server with several monitors
xserver-xorg-video-dummy | test     | monitors that exist only in memory
x11-xserver-utils        | test     | arranges those monitors (xrandr)
mpv                      | peers    | a player beside ours
vlc-bin                  | peers    | a camera of others (VLC)
vlc-plugin-base          | peers    | its RTSP server
python3-gi               | peers    | starts GStreamer's RTSP server
gir1.2-gst-rtsp-server-1.0  | peers | a camera of others (GStreamer)
gstreamer1.0-tools       | peers    | a player of others (GStreamer)
gstreamer1.0-plugins-base | peers   | its parts
gstreamer1.0-plugins-good | peers   | its RTSP client
gstreamer1.0-plugins-bad | peers    | its parsers
gstreamer1.0-plugins-ugly | peers   | its H.264 encoder
gstreamer1.0-libav       | peers    | its decoders
gstreamer1.0-rtsp        | peers    | its RTSP
glib-networking          | peers    | its TLS
chromium                 | browser  | draws the maps that ours is measured beside
npm                      | npm      | fetches MapLibre GL JS
endef
export DEBIAN

.DEFAULT_GOAL := help
.PHONY: help run test test-cameras test-maps test-long test-wall bench bench-camera bench-map bench-wall bench-console bench-link gallery lint fmt fuzz fuzz-list clean build vet fmt-check test-pure test-field test-ui test-display go-version

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: export RUN_BEGIN := $(shell echo $$(($$(date +%s%N) / 1000000)))
run: go-version ## install what is missing, build, and show the demonstration on a wall until Ctrl-C
	@echo "── step 1/4 Debian packages"
	@.ci/packages build camera $(if $(DISPLAY),,headless)
	@$(STEP) -q var/log/build.log "step 2/4 build bin/wallsrv and bin/wall (minutes the first time)" $(MAKE) -s build
	@exec .ci/demo

build: ## build bin/wall and bin/wallsrv
	@mkdir -p bin
	$(GO) build -v -tags $(TAGS) -ldflags "-X main.version=$(VERSION)" -o bin/ ./cmd/wallsrv ./cmd/wall

test: go-version ## install what is missing and run every test
	@$(STEP) "1/8 Debian packages" .ci/packages build camera headless test
	@$(STEP) "2/8 format" $(MAKE) -s fmt-check
	@$(STEP) "3/8 vet" $(MAKE) -s vet
	@$(STEP) "4/8 tests with the race detector" $(MAKE) -s test-pure
	@$(STEP) "5/8 cameras with faults" $(MAKE) -s test-field
	@$(STEP) "6/8 tests of the windowed packages" $(MAKE) -s test-ui
	@$(STEP) -q var/log/build.log "7/8 build bin/wallsrv and bin/wall" $(MAKE) -s build
	@$(STEP) "8/8 the binaries on a virtual display" $(MAKE) -s test-display
	@echo "── all tests passed"

vet: ## go vet
	@$(GO) vet -tags $(TAGS),xvfb ./...

fmt: $(GOFUMPT) ## format the code
	@$(GOFUMPT) -l -w .

fmt-check: $(GOFUMPT) ## list code that is not formatted
	@bad=$$($(GOFUMPT) -l .); [ -z "$$bad" ] || { echo "not formatted, run make fmt:"; echo "$$bad"; exit 1; }

# A page of a torn journal may name more elements than it has. bbolt reads them by unsafe.Slice, which the race detector's
# pointer checks end the whole test for; the journal catches what comes of it (server/journal guard).
TORN := -gcflags='go.etcd.io/bbolt/...=-d=checkptr=0'

test-pure: ## tests that need no window toolkit, with the race detector
	@$(GO) test -race $(TORN) -tags $(TAGS) -timeout 15m $(filter-out $(windowed) $(alone) $(alike),$(packages))

test-field: ## the faults cameras have in the field, in real time: with no other test beside it
	@$(GO) test -tags $(TAGS) -timeout 10m $(alone)

test-ui: ## tests of the packages that use the window toolkit, and of pictures
	@$(GO) test -tags $(TAGS) -timeout 10m $(alike) $(filter-out $(displayed),$(windowed))

test-display: ## tests that start bin/wall and bin/wallsrv under Xvfb and read pixels
	@.ci/xvfb $(GO) test -count=1 -v -tags $(TAGS),xvfb -timeout 10m $(displayed)

bench: go-version ## run the benchmarks and print the ratios to peers (BENCHTIME=1s)
	@$(STEP) "1/3 Debian packages" .ci/packages build camera headless test
	@$(STEP) -q var/log/build.log "2/3 build bin/wallsrv and bin/wall" $(MAKE) -s build
	@$(STEP) "3/3 benchmarks" .ci/xvfb .ci/bench $(BENCHTIME) $(TAGS),xvfb $(BENCH_PACKAGES)

test-cameras: go-version ## cameras and players of others (GStreamer, VLC, ffmpeg, mpv) with ours
	@$(STEP) "1/2 Debian packages" .ci/packages build camera headless test peers
	@$(STEP) "2/2 cameras and players of others" env IOCWALL_PEERS=1 $(GO) test -count=1 -v -tags $(TAGS) -timeout 15m -run Others ./media/fieldtest

test-maps: go-version ## maps made by other programs, each tile of them
	@$(STEP) "1/2 maps of others" .ci/mbtiles var/mbtiles $(MBTILES)
	@$(STEP) "2/2 each of their tiles" env IOCWALL_MBTILES=$(CURDIR)/var/mbtiles $(GO) test -count=1 -v -run Others ./geo/tiles

test-long: go-version ## half an hour: memory of nine tiles, still nights, thousands of reconnects
	@$(STEP) "1/2 Debian packages" .ci/packages build camera
	@$(STEP) "2/2 long tests of cameras" env IOCWALL_LONG=1 $(GO) test -count=1 -v -tags $(TAGS) -timeout 60m -run 'NineTiles|StillNight|Reconnects' ./media/fieldtest

bench-camera: go-version ## the camera path beside ffmpeg and mpv, as ratios (15 minutes)
	@$(STEP) "1/3 Debian packages" .ci/packages build camera headless test peers
	@$(STEP) -q var/log/build.log "2/3 build bin/wallsrv and bin/wall" $(MAKE) -s build
	@$(STEP) "3/3 benchmarks" .ci/xvfb .ci/bench 1x $(TAGS),xvfb $(BENCH_CAMERA)

bench-map: go-version ## the map beside MapLibre GL JS and Canvas 2D, as ratios (10 minutes)
	@$(STEP) "1/3 Debian packages" .ci/packages build browser $(if $(shell command -v npm),,npm)
	@$(STEP) "2/3 MapLibre GL JS" .ci/maplibre var/maplibre $(MAPLIBRE) $(MAPLIBRE_SUM)
	@$(STEP) "3/3 benchmarks" .ci/bench 1s $(TAGS) $(BENCH_MAP)

test-wall: go-version ## three minutes of a wall: twelve computers, 27 screens, read from pixels
	@$(STEP) "1/3 Debian packages" .ci/packages build camera headless test
	@$(STEP) -q var/log/build.log "2/3 build bin/wallsrv and bin/wall" $(MAKE) -s build
	@$(STEP) "3/3 the wall of 27 screens" env IOCWALL_WALL=1 $(GO) test -count=1 -v -tags $(TAGS),xvfb -timeout 10m -run TestWallScenario ./cmd/wall

bench-wall: go-version ## how far apart 27 screens change, popups, lost computers, beside a browser's windows (10 minutes)
	@$(STEP) "1/3 Debian packages" .ci/packages build camera headless test browser
	@$(STEP) -q var/log/build.log "2/3 build bin/wallsrv and bin/wall" $(MAKE) -s build
	@$(STEP) "3/3 benchmarks" .ci/xvfb .ci/bench 1x $(TAGS),xvfb $(BENCH_WALL)

bench-console: go-version ## start, updates, the wall in small and typing at the console (3 minutes)
	@$(STEP) "1/3 Debian packages" .ci/packages build camera headless test
	@$(STEP) -q var/log/build.log "2/3 build bin/wallsrv and bin/wall" $(MAKE) -s build
	@$(STEP) "3/3 benchmarks" .ci/bench 1x $(TAGS),xvfb $(BENCH_CONSOLE)

bench-link: go-version ## bytes of a start and of an hour over 1 Mbit/s and 200 ms
	@$(STEP) "benchmarks" .ci/bench 1x $(TAGS) $(BENCH_LINK)

gallery: go-version ## pictures of each role's first page, both languages and themes, into assets/pictures (7 minutes)
	@$(STEP) "1/3 Debian packages" .ci/packages build camera headless test
	@$(STEP) -q var/log/build.log "2/3 build bin/wallsrv and bin/wall" $(MAKE) -s build
	@$(STEP) "3/3 pictures" .ci/gallery

lint: $(LINTER) ## run the linters of .golangci.yml
	@$(STEP) "lint" $(LINTER) run --build-tags $(TAGS),xvfb ./...

fuzz: ## run every fuzz target for FUZZTIME (5s)
	@$(MAKE) -s fuzz-list | while read -r dir name; do \
		$(STEP) "$$dir $$name" $(GO) test -tags $(TAGS) -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) "$$dir" </dev/null || exit 1; done

fuzz-list: ## list every fuzz target: folder and name
	@grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' --exclude-dir=var --exclude-dir='.git' . \
		| sed -E 's|/[^/]*:func | |' | sort -u

clean: ## remove what was built and what the demonstration wrote
	rm -rf bin var

go-version:
	@$(GO) version >/dev/null 2>&1 || { echo "Go is missing. Install Go 1.26 or newer (https://go.dev/dl) and try again." >&2; exit 1; }

bin/tools/gofumpt-%:
	@$(STEP) -q var/log/tools.log "build gofumpt $*" env GOBIN=$(CURDIR)/bin/tools $(GO) install mvdan.cc/gofumpt@$*
	@mv bin/tools/gofumpt $@

bin/tools/golangci-lint-%:
	@$(STEP) -q var/log/tools.log "build golangci-lint $* (minutes the first time)" \
		env GOBIN=$(CURDIR)/bin/tools $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$*
	@mv bin/tools/golangci-lint $@
