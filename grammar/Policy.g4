// The Switchyard policy language: the syntax of LANGUAGE.md, which says what it means.
//
// How it is used (compiler/parse): the lexer reads bytes, every byte above 0x7E given as 0x7F; the
// parser is called an item at a time, so that an error never reaches beyond its item and the tree
// of an item is freed when its AST is built. `file` and `decision` are there for the lookahead:
// they say what may follow an item.
//
// Every chain (`and`, `or`, `implies`, `not`, set operators) is a flat loop: recursion would nest
// as deep as a line is long. Parentheses are the only recursion; their depth is checked before
// parsing.
grammar Policy;

file : item* EOF ;

decision : decisionHead item* '}' ;
decisionHead : DECISION identifier '{' ;

item
  : policyLine | importLine | fact | assume | let | setLine | target | requiresLine | faster
  | ruleTarget | ruleFirst | ruleOnly | ruleRefuse
  | guarantee | never | example | allow | decision
  ;

// ---- Declarations -------------------------------------------------------------------------------

policyLine : POLICY identifier ;
importLine : IMPORT QUOTED ;

fact : FACT identifier ':' factType factDefault? factSource? factReplaces? QUOTED? ;
factType
  : BOOL                                 # typeBool
  | ENUM symbols                         # typeEnum
  | NAME symbols                         # typeName
  | INT_TYPE integer '..' integer        # typeInt
  | VERSION_TYPE number '..' number      # typeVersion
  | FLAGS symbols                        # typeFlags
  | SWITCH                               # typeSwitch
  ;
symbols : '{' (symbol (',' symbol)*)? '}' ;  // sema asks for one, and says which list is empty
factDefault : '=' (value | setLiteral) ;
factSource : FROM (ENV QUOTED | DEVICE symbol | MODEL symbol) ;
factReplaces : REPLACES ENV QUOTED ;

assume : ASSUME condition ;
let : LET identifier '=' condition ;
setLine : SET identifier '=' setExpression ;

target : TARGET identifier parameters? attributes? QUOTED? ;
parameters : '(' parameter (',' parameter)* ')' ;
parameter : identifier ':' parameterType ('=' value)? ;
parameterType
  : INT_TYPE integer '..' integer        # parameterInt
  | ENUM symbols                         # parameterEnum
  ;
attributes : '{' attribute (',' attribute)* '}' ;
attribute : identifier '=' value ;

requiresLine : identifier REQUIRES condition because? ;
faster : FASTER identifier (OVER identifier)+ ;

// ---- Rules --------------------------------------------------------------------------------------

ruleTarget : entry guard because? ;
ruleFirst : FIRST OF entry (',' entry)* guard because? ;
ruleOnly : ONLY entry (',' entry)* guard because? ;
ruleRefuse : REFUSE guard because ;
guard : WHEN condition | OTHERWISE ;
because : BECAUSE QUOTED ;
entry : identifier ('(' argument (',' argument)* ')')? ;
argument : identifier '=' value ;

// ---- Promises -----------------------------------------------------------------------------------

guarantee : GUARANTEE identifier QUOTED? ':' (influence | promise) ;
influence : identifier (MATTERS | IRRELEVANT) (WHEN condition)? ;
promise : disjunction IMPLIES outcome (OR outcome)* ;
outcome : NOT? outcomeBody ;
outcomeBody
  : REFUSE                                        # outcomeRefuse
  | IN setExpression                              # outcomeIn
  | identifier                                    # outcomeTarget
  | identifier ('==' | '!=') identifier           # outcomeDecision
  | identifier NOT? IN setExpression              # outcomeDecisionIn
  | identifier '.' identifier compareOp value     # outcomeMember
  ;
never : NEVER identifier WHEN condition ;
example : EXAMPLE '{' (exampleFact (',' exampleFact)*)? '}' '->' outcome ;
exampleFact : NOT identifier | identifier ('=' (value | setLiteral))? ;
allow : ALLOW ((SLOWER | UNSUPPORTED) WHEN condition | CODE) because ;

// ---- Conditions ---------------------------------------------------------------------------------

condition : disjunction (IMPLIES disjunction)* ;
disjunction : conjunction (OR conjunction)* ;
conjunction : negation (AND negation)* ;
negation : NOT* primary ;
primary
  : '(' condition ')'                             # primaryParentheses
  | (TRUE | FALSE)                                # primaryConstant
  | CAN identifier                                # primaryCan
  | operand                                       # primaryBare
  | operand compareOp (value | setLiteral)        # primaryCompare
  | operand NOT? IN (range | setExpression)       # primaryIn
  | operand '%' integer compareOp integer         # primaryModulo
  | operand HAS (ANY | ALL) setExpression         # primaryHasSet
  | operand HAS symbol                            # primaryHas
  ;
operand : identifier ('.' identifier)? ;
compareOp : '==' | '!=' | '<' | '<=' | '>' | '>=' ;

setExpression : setTerm ('|' setTerm)* ;
setTerm : setFactor (('&' | '-') setFactor)* ;
setFactor : setLiteral | identifier | '(' setExpression ')' ;
setLiteral : '<' (setElement (',' setElement)*)? '>' ;
setElement : range | value ;
range : number '..' number ;

// ---- Words and literals -------------------------------------------------------------------------

value : symbol | number | TRUE | FALSE ;
number : integer | VERSION ;
integer : '-'? INTEGER ;
symbol : identifier | QUOTED ;

// Words that are keywords only where the grammar expects them. A new keyword of this kind is added
// here, to the lexer rules below, and to LANGUAGE.md.
identifier
  : IDENTIFIER
  | ALL | ANY | BOOL | CAN | CODE | DEVICE | ENUM | ENV | FASTER | FIRST | FLAGS | FROM | INT_TYPE
  | IRRELEVANT | MATTERS | MODEL | NAME | OF | ONLY | OVER | REPLACES | SET | SLOWER | SWITCH
  | TARGET | UNSUPPORTED | VERSION_TYPE
  ;

// Reserved words.
ALLOW : 'allow' ;
AND : 'and' ;
ASSUME : 'assume' ;
BECAUSE : 'because' ;
DECISION : 'decision' ;
EXAMPLE : 'example' ;
FACT : 'fact' ;
FALSE : 'false' ;
GUARANTEE : 'guarantee' ;
HAS : 'has' ;
IMPLIES : 'implies' ;
IMPORT : 'import' ;
IN : 'in' ;
LET : 'let' ;
NEVER : 'never' ;
NOT : 'not' ;
OR : 'or' ;
OTHERWISE : 'otherwise' ;
POLICY : 'policy' ;
REFUSE : 'refuse' ;
REQUIRES : 'requires' ;
TRUE : 'true' ;
WHEN : 'when' ;

// Words that are also names.
ALL : 'all' ;
ANY : 'any' ;
BOOL : 'bool' ;
CAN : 'can' ;
CODE : 'SY' [0-9] [0-9] [0-9] [0-9] ;  // of a finding; anywhere else a name like others
DEVICE : 'device' ;
ENUM : 'enum' ;
ENV : 'env' ;
FASTER : 'faster' ;
FIRST : 'first' ;
FLAGS : 'flags' ;
FROM : 'from' ;
INT_TYPE : 'int' ;
IRRELEVANT : 'irrelevant' ;
MATTERS : 'matters' ;
MODEL : 'model' ;
NAME : 'name' ;
OF : 'of' ;
ONLY : 'only' ;
OVER : 'over' ;
REPLACES : 'replaces' ;
SET : 'set' ;
SLOWER : 'slower' ;
SWITCH : 'switch' ;
TARGET : 'target' ;
UNSUPPORTED : 'unsupported' ;
VERSION_TYPE : 'version' ;

ARROW : '->' ;
RANGE : '..' ;
EQ : '==' ;
NE : '!=' ;
LE : '<=' ;
GE : '>=' ;
LT : '<' ;
GT : '>' ;
ASSIGN : '=' ;
COLON : ':' ;
COMMA : ',' ;
DOT : '.' ;
OPEN_PAREN : '(' ;
CLOSE_PAREN : ')' ;
OPEN_BRACE : '{' ;
CLOSE_BRACE : '}' ;
PERCENT : '%' ;
BAR : '|' ;
AMPERSAND : '&' ;
MINUS : '-' ;

IDENTIFIER : [A-Za-z_] [A-Za-z0-9_]* ;
INTEGER : [0-9]+ ('_' [0-9]+)* [KMG]? ;
VERSION : [0-9]+ '.' [0-9]+ ('.' [0-9]+)? ;
QUOTED : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"' ;

COMMENT : '#' ~[\r\n]* ;
SPACE : [ \t\r\n\f]+ -> skip ;

// What is not part of the language; compiler/parse/lex.cpp reports each and hands the parser the
// token that was probably meant, so that one slip gives one error.
BAD_QUOTED : '"' (~["\\\r\n] | '\\' ~[\r\n])* '\\'? ;
SINGLE_QUOTED : '\'' ~['\r\n]* '\'' ;
BAD_NUMBER : [0-9] [0-9A-Za-z_\u007F]* ('.' [0-9A-Za-z_\u007F]+)* ;
BAD_WORD : [A-Za-z_\u007F] [A-Za-z0-9_\u007F]* ;
FOREIGN : '&&' | '||' | '!' | '===' | '!==' | '=>' | ';' ;
FOREIGN_COMMENT : '//' ~[\r\n]* ;
STRAY : . ;
