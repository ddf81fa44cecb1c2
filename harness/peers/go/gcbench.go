// GCBench, the twin of harness/peers/gcbench.hpp: the same trees, array, depths and checks.

package main

type node struct {
	left, right      *node
	serial, position int32
}

type gcbench struct {
	leastDepth, mostDepth, stretchDepth int
	arrayLength                         int
	serial                              int32
	checks                              uint64
}

func runGcbench(a arguments) *outcome {
	scale := int(a.number("scale", 0, -4, 6))
	warmup := int(a.number("warmup", 1, 0, 1e6))
	passes := int(a.number("passes", 3, 1, 1e6))
	mostNs := int64(1e9 * a.number("most_seconds", 1e4, 0, 1e4))
	a.refuseTheRest()
	length := 500_000
	if scale >= 0 {
		length <<= 3 * scale / 2
	} else {
		length >>= -3 * scale / 2
	}
	g := &gcbench{leastDepth: 4 + scale, mostDepth: 16 + scale, stretchDepth: 18 + scale,
		arrayLength: length}
	g.repeat(warmup, mostNs)
	g.checks = 0
	before := collections()
	o := g.repeat(passes, mostNs)
	o.Checks = g.checks
	o.Collections = collections() - before
	return o
}

// repeat makes passes, or fewer when they take longer than mostNs.
func (g *gcbench) repeat(passes int, mostNs int64) *outcome {
	o := &outcome{Program: "gcbench"}
	begin := nanoseconds()
	last := begin
	for i := 0; i < passes && last-begin <= mostNs; i++ {
		g.pass()
		now := nanoseconds()
		if now-last > o.LongestGapNs {
			o.LongestGapNs = now - last
		}
		last = now
		o.Operations++
	}
	o.WallNs = last - begin
	return o
}

func treeSize(depth int) uint64 { return 2<<depth - 1 }

func populateBelow(parent *node, depth int, serial, position int32) {
	parent.left = &node{nil, nil, serial, 2 * position}
	parent.right = &node{nil, nil, serial, 2*position + 1}
	if depth == 1 {
		return
	}
	populateBelow(parent.left, depth-1, serial, 2*position)
	populateBelow(parent.right, depth-1, serial, 2*position+1)
}

func populate(depth int, serial int32) *node {
	root := &node{nil, nil, serial, 1}
	if depth > 0 {
		populateBelow(root, depth, serial, 1)
	}
	return root
}

func makeAbove(depth int, serial, position int32) *node {
	if depth == 1 {
		left := &node{nil, nil, serial, 2 * position}
		return &node{left, &node{nil, nil, serial, 2*position + 1}, serial, position}
	}
	left := makeAbove(depth-1, serial, 2*position)
	return &node{left, makeAbove(depth-1, serial, 2*position+1), serial, position}
}

func makeTree(depth int, serial int32) *node {
	if depth == 0 {
		return &node{nil, nil, serial, 1}
	}
	return makeAbove(depth, serial, 1)
}

func checkNode(n *node, serial, position int32) {
	check(n != nil, "gcbench: a tree has lost a node")
	check(n.serial == serial && n.position == position,
		"gcbench: a tree's node does not hold what was written to it")
}

func checkLeaf(n *node) {
	check(n.left == nil && n.right == nil, "gcbench: a tree's leaf has children")
}

func (g *gcbench) checkPath(n *node, depth int, serial int32) {
	turns := uint32(serial) * 0x9e3779b9 >> 7
	position := int32(1)
	for level := 0; level < depth && n != nil; level++ {
		side := turns >> level & 1
		if side == 0 {
			n = n.left
		} else {
			n = n.right
		}
		position = 2*position + int32(side)
	}
	checkNode(n, serial, position)
	checkLeaf(n)
	g.checks++
}

func checkAll(n *node, depth int, serial, position int32) uint64 {
	checkNode(n, serial, position)
	if depth == 0 {
		checkLeaf(n)
		return 1
	}
	return 1 + checkAll(n.left, depth-1, serial, 2*position) +
		checkAll(n.right, depth-1, serial, 2*position+1)
}

func (g *gcbench) element(i int) float64 {
	if i < g.arrayLength/2 {
		return 1 / float64(i+1)
	}
	return 0
}

func (g *gcbench) construct(depth int) {
	iterations := 2 * treeSize(g.stretchDepth) / treeSize(depth)
	for i := uint64(0); i < iterations; i++ {
		g.serial++
		g.checkPath(populate(depth, g.serial), depth, g.serial)
	}
	for i := uint64(0); i < iterations; i++ {
		g.serial++
		g.checkPath(makeTree(depth, g.serial), depth, g.serial)
	}
}

func (g *gcbench) pass() {
	g.serial = 1
	g.checkPath(makeTree(g.stretchDepth, g.serial), g.stretchDepth, g.serial)
	g.serial++
	longLivedSerial := g.serial
	longLived := populate(g.mostDepth, longLivedSerial)
	array := make([]float64, g.arrayLength)
	for i := 0; i < g.arrayLength/2; i++ {
		array[i] = g.element(i)
	}
	for depth := g.leastDepth; depth <= g.mostDepth; depth += 2 {
		g.construct(depth)
	}
	nodes := checkAll(longLived, g.mostDepth, longLivedSerial, 1)
	check(nodes == treeSize(g.mostDepth), "gcbench: the long-lived tree has lost nodes")
	wrong := 0
	for i := range array {
		if array[i] != g.element(i) {
			wrong++
		}
	}
	check(wrong == 0, "gcbench: the array has changed")
	g.checks += nodes + uint64(g.arrayLength)
}
