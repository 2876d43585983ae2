#include "textflag.h"

// func layDabsSSE2(pix *byte, at, stride int, dabs *dab, n int)
//
// A pixel s with alpha a over d gives s + d·keep/256 in each of its bytes, keep
// being 256 - a - a/128.
TEXT ·layDabsSSE2(SB), NOSPLIT, $0-40
	MOVQ pix+0(FP), DI
	ADDQ at+8(FP), DI
	MOVQ stride+16(FP), R8
	MOVQ dabs+24(FP), SI
	MOVQ n+32(FP), CX
	PXOR X7, X7
	PCMPEQL X6, X6
	PSRLL $31, X6
	PSLLL $8, X6 // 256 in each of four

next:
	MOVWQSX 18(SI), BX
	MOVWQSX 16(SI), AX
	IMULQ R8, BX
	LEAQ (DI)(AX*4), AX
	MOVOU (SI), X0 // s
	MOVOU (AX)(BX*1), X1 // d
	MOVO X0, X2
	PSRLL $24, X2
	MOVO X2, X3
	PSRLL $7, X3
	PADDL X3, X2
	MOVO X6, X4
	PSUBL X2, X4 // keep
	MOVO X4, X3
	PSLLL $16, X3
	POR X3, X4 // keep twice
	MOVO X4, X5
	PUNPCKLLQ X4, X4 // four times, of the first two pixels
	PUNPCKHLQ X5, X5 // and of the others
	MOVO X1, X2
	PUNPCKLBW X7, X1
	PUNPCKHBW X7, X2
	PMULLW X4, X1
	PMULLW X5, X2
	PSRLW $8, X1
	PSRLW $8, X2
	PACKUSWB X2, X1
	PADDB X0, X1
	MOVOU X1, (AX)(BX*1)
	ADDQ $20, SI
	DECQ CX
	JNZ next
	RET
