"""The voices of the demo corpus; each voice has one role."""

from datagen.demo_speech import Voice

TRAIN = (
    Voice("en+f1", 165, 45, 50),
    Voice("en-us+m1", 175, 40, 60),
    Voice("en-us+f2", 185, 55, 65),
    Voice("en-gb-x-rp+m3", 160, 50, 45),
    Voice("de+f5", 170, 35, 55),
    Voice("en-gb-scotland+m7", 180, 45, 70),
    Voice("fr+m4", 170, 60, 50),
    Voice("en-gb-x-rp+f3", 175, 30, 60),
    Voice("en+m2", 195, 65, 55),
    Voice("es+grandma", 165, 45, 50),
    Voice("en-us+Michael", 155, 25, 40),
    Voice("en-us+Annie", 180, 40, 60),
    Voice("it+Denis", 175, 35, 65),
    Voice("en-029+grandpa", 150, 35, 50),
    Voice("de+edward", 175, 55, 45),
    Voice("en-us+Nguyen", 185, 60, 65),
)
TEST = (
    Voice("en-us+f4", 170, 60, 55),
    Voice("en+m5", 170, 30, 60),
    Voice("en-gb-x-rp+aunty", 160, 50, 50),
    Voice("en-us+m6", 185, 55, 50),
    Voice("de+belinda", 170, 30, 60),
    Voice("en-gb-scotland+Mike", 165, 60, 55),
)
CROWD = (  # only in unseen noises
    Voice("en+linda", 175, 40, 55),
    Voice("en-us+john", 180, 50, 60),
    Voice("fr+Alicia", 170, 30, 50),
    Voice("es+marcelo", 175, 45, 60),
    Voice("en-gb-x-rp+victor", 165, 55, 50),
    Voice("de+shelby", 180, 50, 60),
    Voice("it+pablo", 170, 40, 55),
    Voice("en-us+paul", 160, 60, 65),
)
