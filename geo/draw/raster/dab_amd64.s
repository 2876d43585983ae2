#include "textflag.h"

// func layDabsSSE2(pix *byte, at, stride int, dabs *dab, n, part int)
//
// A pixel s is first made s·part/256. With alpha a, over d it gives s + d·keep/256
// in each of its bytes, keep being 256 - a - a/128.
TEXT ·layDabsSSE2(SB), NOSPLIT, $0-48
	MOVQ pix+0(FP), DI
	ADDQ at+8(FP), DI
	MOVQ stride+16(FP), R8
	MOVQ dabs+24(FP), SI
	MOVQ n+32(FP), CX
	MOVQ part+40(FP), X8
	PSHUFLW $0, X8, X8
	PUNPCKLQDQ X8, X8 // part in each of eight
	PXOR X7, X7
	PCMPEQW X6, X6
	PSRLW $15, X6
	PSLLW $8, X6 // 256 in each of eight

next:
	MOVWQSX 18(SI), BX
	MOVWQSX 16(SI), AX
	IMULQ R8, BX
	LEAQ (DI)(AX*4), AX
	MOVOU (SI), X0 // s
	MOVOU (AX)(BX*1), X1 // d
	MOVO X0, X2
	PUNPCKLBW X7, X0 // the first two pixels
	PUNPCKHBW X7, X2 // and the others
	PMULLW X8, X0
	PMULLW X8, X2
	PSRLW $8, X0
	PSRLW $8, X2
	PSHUFLW $0xFF, X0, X3
	PSHUFLW $0xFF, X2, X4
	PSHUFHW $0xFF, X3, X3 // a, four times for each pixel
	PSHUFHW $0xFF, X4, X4
	MOVO X3, X5
	PSRLW $7, X5
	PADDW X5, X3
	MOVO X4, X5
	PSRLW $7, X5
	PADDW X5, X4
	MOVO X6, X5
	PSUBW X3, X5 // keep
	MOVO X6, X3
	PSUBW X4, X3
	MOVO X1, X4
	PUNPCKLBW X7, X1
	PUNPCKHBW X7, X4
	PMULLW X5, X1
	PMULLW X3, X4
	PSRLW $8, X1
	PSRLW $8, X4
	PADDW X0, X1
	PADDW X2, X4
	PACKUSWB X4, X1
	MOVOU X1, (AX)(BX*1)
	ADDQ $20, SI
	DECQ CX
	JNZ next
	RET

DATA alphas<>+0(SB)/8, $0x0706070607060706
DATA alphas<>+8(SB)/8, $0x0F0E0F0E0F0E0F0E
GLOBL alphas<>(SB), RODATA|NOPTR, $16

// func layDabsAVX2(pix *byte, at, stride int, dabs *dab, n, part int)
//
// It does what layDabsSSE2 does with two dabs at a time.
TEXT ·layDabsAVX2(SB), NOSPLIT, $0-48
	MOVQ pix+0(FP), DI
	ADDQ at+8(FP), DI
	MOVQ stride+16(FP), R8
	MOVQ dabs+24(FP), SI
	MOVQ n+32(FP), CX
	MOVQ part+40(FP), X8
	VPBROADCASTW X8, Y8 // part in each of sixteen
	VBROADCASTI128 alphas<>(SB), Y9
	VPXOR Y7, Y7, Y7
	VPCMPEQW Y6, Y6, Y6
	VPSRLW $15, Y6, Y6
	VPSLLW $8, Y6, Y6 // 256 in each of sixteen
	LEAQ 20(SI), R9 // the other dab
	TESTQ $1, CX
	JZ pair
	MOVQ SI, R9 // of an odd number the first is laid twice at once

pair:
	MOVWQSX 18(SI), BX
	MOVWQSX 16(SI), AX
	IMULQ R8, BX
	LEAQ (DI)(AX*4), AX
	ADDQ BX, AX
	MOVWQSX 18(R9), R10
	MOVWQSX 16(R9), R11
	IMULQ R8, R10
	LEAQ (DI)(R11*4), R11
	ADDQ R10, R11
	VMOVDQU (SI), X0
	VINSERTI128 $1, (R9), Y0, Y0 // s
	VMOVDQU (AX), X1
	VINSERTI128 $1, (R11), Y1, Y1 // d
	VPUNPCKHBW Y7, Y0, Y2
	VPUNPCKLBW Y7, Y0, Y0
	VPMULLW Y8, Y0, Y0
	VPMULLW Y8, Y2, Y2
	VPSRLW $8, Y0, Y0
	VPSRLW $8, Y2, Y2
	VPSHUFB Y9, Y0, Y3 // a, four times for each pixel
	VPSHUFB Y9, Y2, Y4
	VPSRLW $7, Y3, Y5
	VPADDW Y5, Y3, Y3
	VPSRLW $7, Y4, Y5
	VPADDW Y5, Y4, Y4
	VPSUBW Y3, Y6, Y3 // keep
	VPSUBW Y4, Y6, Y4
	VPUNPCKHBW Y7, Y1, Y5
	VPUNPCKLBW Y7, Y1, Y1
	VPMULLW Y3, Y1, Y1
	VPMULLW Y4, Y5, Y5
	VPSRLW $8, Y1, Y1
	VPSRLW $8, Y5, Y5
	VPADDW Y0, Y1, Y1
	VPADDW Y2, Y5, Y5
	VPACKUSWB Y5, Y1, Y1
	VMOVDQU X1, (AX)
	VEXTRACTI128 $1, Y1, (R11)
	LEAQ 20(R9), SI
	LEAQ 40(R9), R9
	SUBQ $2, CX
	JGT pair
	VZEROUPPER
	RET

// func layRunSSE2(p *byte, dabs int, add uint64, stay uint32)
//
// A channel d becomes v = d·stay + add, and v/255 as (v + v/256)/256.
TEXT ·layRunSSE2(SB), NOSPLIT, $0-28
	MOVQ p+0(FP), DI
	MOVQ dabs+8(FP), CX
	MOVQ add+16(FP), X4
	PUNPCKLQDQ X4, X4
	MOVL stay+24(FP), X5
	PSHUFLW $0, X5, X5
	PUNPCKLQDQ X5, X5
	PXOR X7, X7

four:
	MOVOU (DI), X0
	MOVO X0, X1
	PUNPCKLBW X7, X0
	PUNPCKHBW X7, X1
	PMULLW X5, X0
	PMULLW X5, X1
	PADDW X4, X0
	PADDW X4, X1
	MOVO X0, X2
	MOVO X1, X3
	PSRLW $8, X2
	PSRLW $8, X3
	PADDW X2, X0
	PADDW X3, X1
	PSRLW $8, X0
	PSRLW $8, X1
	PACKUSWB X1, X0
	MOVOU X0, (DI)
	ADDQ $16, DI
	DECQ CX
	JNZ four
	RET
