"""The sentences of the demo corpus."""

import numpy as np

# One clause is one choice from each slot; an empty choice leaves the slot out.
CLAUSES = {
    "en": (
        "the|our|every|that|her|no|another",
        "|quiet|yellow|clumsy|foreign|tired|young|thoughtful|enormous",
        (
            "gardener|fiddle player|judge|neighbour|cheese maker|pilot|child|shepherd|watchmaker|"
            "visitor"
        ),
        (
            "carries|paints|forgets|measures|chooses|borrows|watches|throws|fixes|describes|"
            "usually finds|judges"
        ),
        "three|the|those|my|such|five|your|some",
        "|thick|frozen|purple|hollow|rusty|gentle|shiny|vague",
        (
            "lamps|fishing boats|violins|oranges|letters|bicycles|jugs|feathers|maps|churches|"
            "shoes|windows"
        ),
        "|behind the|across the|near this|without a|under the|beyond our|through the",
        "harbour|orchard|village|garage|theatre|mountain|yard|ship|laundry|beach",
    ),
    "de": (
        (
            "der alte Koch|die kleine Schwester|unser Nachbar|das fröhliche Kind|jeder Jäger|"
            "eine junge Ärztin"
        ),
        "zeichnet|sucht|verkauft|versteckt|bringt|öffnet|zählt",
        "heute|zwölf|schöne|ganz leise|am Abend|fünf",
        "Äpfel|Schlüssel|Bücher|Brücken|Vögel|Tücher|Pferde",
        "hinter dem Haus|ohne Schirm|auf dem Markt|durch den Wald|zwischen zwei Zügen",
    ),
    "fr": (
        (
            "le vieux boulanger|ma petite cousine|chaque voisin|un jeune peintre|la reine|"
            "notre facteur"
        ),
        "cherche|dessine|oublie|vend|regarde|garde|lave",
        "souvent|toujours|vingt|deux ou trois|quelques|ce matin",
        "oignons|journaux|chevaux|feuilles|parapluies|lunettes|fromages",
        "sous la pluie|devant la gare|sans un mot|au bord du lac|près du jardin rouge",
    ),
    "es": (
        "el viejo zapatero|mi hermana mayor|cada vecino|un joven pintor|la jueza|nuestro cartero",
        "busca|dibuja|olvida|vende|esconde|recoge|llena",
        "siempre|quince|muchas|ahora mismo|varias|despacio",
        "naranjas|llaves|guitarras|cajas|hojas|mesas|flores",
        "bajo la lluvia|detrás del puente|sin permiso|cerca del río|en la calle ancha",
    ),
    "it": (
        "il vecchio sarto|mia sorella|ogni vicino|un giovane pittore|la maestra|il nostro postino",
        "cerca|disegna|dimentica|vende|nasconde|raccoglie|guarda",
        "sempre|quindici|molte|adesso|alcune|piano piano",
        "arance|chiavi|chitarre|scatole|foglie|finestre|scarpe",
        "sotto la pioggia|dietro il ponte|senza fretta|vicino al fiume|nella piazza grande",
    ),
}


def sentence(rng: np.random.Generator, language: str) -> str:
    """A random sentence in `language` (en, de, fr, es, it), whose words are drawn slot by slot."""
    words = []
    for slot in CLAUSES[language]:
        choices = slot.split("|")
        words.append(str(rng.choice(choices)))
    clause = " ".join(word for word in words if word)
    return clause + str(rng.choice([".", ".", "?", "!"]))
